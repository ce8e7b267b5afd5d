// Adds a button that copies to each citation. Without it, the text can be selected as any text.
for (const section of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break; // Only on secure origins.
  for (const line of section.querySelectorAll(".cite")) {
    const button = document.createElement("button");
    const text = line.textContent;
    button.type = "button";
    button.className = "copy";
    button.textContent = section.dataset.copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text);
      button.textContent = section.dataset.copied;
      setTimeout(() => { button.textContent = section.dataset.copy; }, 2000);
    });
    line.append(" ", button);
  }
}
