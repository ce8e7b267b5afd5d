/* Saves a step while it is written. Without it, or without a link, the form works as it is:
   what is typed is kept on the device until the node has it. */
(() => {
  const form = document.getElementById("step");
  if (!form || !form.dataset.draft) return;
  const says = form.dataset, place = document.getElementById("saved");
  const kept = `tonle:${says.draft}:${says.step}`;
  let timer, busy = false, stopped = false, dirty = false, asks = false, wait = 3000;

  const field = (name) => form.elements.namedItem(name);
  const data = () => { const all = new FormData(form); all.delete("go"); all.delete("do"); return all; };
  const words = () => [...data()].filter(([name, text]) =>
    typeof text === "string" && !["seal", "seq", "session", "left_as_is"].includes(name));
  const say = (text) => { if (place) place.textContent = text; };
  const clock = () => new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  const keep = () => { try { localStorage.setItem(kept, JSON.stringify({
    at: Date.now(), seq: field("seq").value, words: words(),
    /* Enough for another page to send it, when the link is back and this one is closed. */
    to: form.getAttribute("action"), title: document.querySelector("h1").textContent,
    signed: ["seal", "session"].map((name) => [name, field(name).value]),
  })); } catch { /* Full or forbidden: the form itself still holds it. */ } };
  const forget = () => { try { localStorage.removeItem(kept); } catch { /* As above. */ } };

  function tell(problems) {
    form.querySelectorAll(".error.live").forEach((old) => old.remove());
    for (const [name, text] of Object.entries(problems || {})) {
      const at = document.getElementById(name), label = at && form.querySelector(`label[for="${CSS.escape(name)}"]`);
      if (!label || document.activeElement === at || document.getElementById(`${name}-error`)) continue;
      const line = document.createElement("p");
      line.className = "error live"; line.textContent = text;
      label.after(line);
    }
  }

  /* Parts of the page as the node has them, put in the place of ours. */
  function swap(html, parts) {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const old of form.querySelectorAll("[data-part]")) {
      if (parts && !parts.includes(old.dataset.part)) continue;
      const fresh = page.querySelector(`[data-part="${old.dataset.part}"]`);
      if (fresh) { old.replaceWith(fresh); }
    }
    return page;
  }

  /* "" when the node has everything, else why not. */
  async function save() {
    clearTimeout(timer);
    while (busy) await new Promise((done) => setTimeout(done, 100));
    if (stopped || !dirty) return stopped ? "stopped" : "";
    busy = true; dirty = false; keep(); say(says.saving);
    let why = "";
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(data()), headers: { Accept: "application/json" } });
      if (answer.ok) {
        const got = await answer.json();
        field("seq").value = got.seq; wait = 3000; asks = got.asks;
        tell(got.problems);
        if (!document.getElementById("beside")?.contains(document.activeElement)) swap(got.beside, ["beside"]);
        if (got.others.length) {
          const page = await fetch(form.action);
          if (page.ok) swap(await page.text(), got.others);
          say(says.others);
        } else say(`${says.saved} ${clock()}`);
        if (Object.keys(got.problems).length) why = "problems";
        if (dirty || why) keep(); else forget();
      } else if ([401, 403, 409].includes(answer.status)) {
        stopped = true; why = "stopped";
        const got = await answer.json().catch(() => ({}));
        say(answer.status === 401 ? says.out : got.code === "edit_conflict" ? says.clash : got.message);
      } else throw new Error(String(answer.status));
    } catch {
      dirty = true; why = "offline"; say(says.offline);
      wait = Math.min(wait * 2, 60000);
    }
    busy = false;
    if (dirty && !stopped) timer = setTimeout(save, wait);
    return why;
  }

  function changed() { dirty = true; clearTimeout(timer); timer = setTimeout(save, wait); }
  form.addEventListener("input", (event) => {
    if (event.target.name && event.target.name.endsWith("-lang")) {
      const text = field(event.target.name.replace(/-lang$/, "-text")) || field(event.target.name.replace(/-lang$/, "-place"));
      if (text) text.lang = event.target.value;
    }
    keep(); changed();
  });
  addEventListener("online", () => { if (dirty) { wait = 3000; save(); } });
  addEventListener("pagehide", () => { if (dirty) keep(); });

  /* Buttons beside rows: the same answer as without script, put in place without a jump. */
  let pressed = null;
  form.addEventListener("click", (event) => { pressed = event.target.closest("button,input[type=image]"); });
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    const button = event.submitter || pressed;
    if (!button || stopped || !["go", "do"].includes(button.name)) return;
    if (button.name === "go") {
      event.preventDefault(); dirty = true;
      const why = await save();
      /* Without a link, too, where the next step is on this device: this one waits here. */
      const ahead = why === "offline" && window.caches && await caches.match(says.next, { ignoreVary: true });
      const asked = !why && asks && button.value === "next";
      if ((!why && !asked || ahead) && button.value === "next") location.assign(says.next);
      /* What the node has to say about it, it says best on a page of its own. */
      if (why === "problems" || why === "stopped" || asked) { stopped = true; form.requestSubmit(button); }
      return;
    }
    event.preventDefault();
    const all = data(); all.append(button.name, button.value);
    const anchor = (button.getAttribute("formaction") || "").slice(1);
    while (busy) await new Promise((done) => setTimeout(done, 100));
    busy = true;
    all.set("seq", field("seq").value);
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(all) });
      if (answer.status !== 200) throw new Error(String(answer.status));
      const page = swap(await answer.text());
      field("seq").value = page.querySelector("#step [name=seq]").value;
      dirty = false; forget(); say(`${says.saved} ${clock()}`);
      const rows = anchor && document.getElementById(anchor);
      if (rows) {
        const added = button.value.startsWith("add:");
        const at = added ? [...rows.querySelectorAll(`[name^="${CSS.escape(button.value.slice(4))}-"]:not([type=hidden])`)].filter((one) => !one.value)[0] : rows.querySelector("button,input:not([type=hidden])");
        if (at) at.focus({ preventScroll: !added });
      }
    } catch { busy = false; stopped = true; form.requestSubmit(button); return; }
    busy = false;
  });

  /* What was written here without a link, or before somebody was signed out. */
  try {
    const old = JSON.parse(localStorage.getItem(kept) || "null");
    if (old && Date.now() - old.at < 30 * 864e5) {
      const names = new Set(old.words.map(([name]) => name));
      let back = 0, missing = false;
      for (const name of names) {
        const at = field(name), texts = old.words.filter(([n]) => n === name).map(([, text]) => text);
        if (!at) { if (texts.some(Boolean) && !/-(row|rest|entry|lang|type)$/.test(name)) missing = true; continue; }
        for (const one of at instanceof RadioNodeList ? at : [at]) {
          if (one.type === "checkbox" || one.type === "radio") {
            const on = texts.includes(one.value);
            if (one.checked !== on) { one.checked = on; back++; }
          } else if (one.type !== "hidden" && one.value !== texts[0]) { one.value = texts[0]; back++; }
        }
      }
      if (missing) {
        /* From the number it began with, so that what others wrote since is joined, not undone.
           Rows that the node has not heard of: sent as they were, and shown from its answer. */
        const all = data();
        for (const name of names) { all.delete(name); }
        for (const [name, text] of old.words) all.append(name, text);
        all.set("seq", old.seq);
        all.append("do", "add:none");
        fetch(form.action, { method: "POST", body: new URLSearchParams(all) })
          .then(async (answer) => {
            if (answer.status !== 200) return;
            const page = swap(await answer.text());
            field("seq").value = page.querySelector("#step [name=seq]").value;
            forget(); say(says.found);
          }).catch(() => {});
      } else if (back) { field("seq").value = old.seq; say(says.found); changed(); } else forget();
    }
  } catch { /* No storage here. */ }
})();
