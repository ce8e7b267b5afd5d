/* Sends files one by one, two at a time, and says honestly how long it takes. Without it the
   form sends them all at once. */
(() => {
  const form = document.getElementById("upload");
  if (!form || !window.XMLHttpRequest) return;
  const says = form.dataset, list = document.getElementById("queue"), choose = document.getElementById("file");
  const waiting = [];
  let running = 0;
  form.classList.add("ready");
  form.querySelector(".hint").textContent = `${says.drop} ${form.querySelector(".hint").textContent}`;
  form.querySelector(".button").hidden = true;

  const size = (bytes) => {
    const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
    let n = bytes, unit = 0;
    while (n >= 1000 && unit < 4) { n /= 1000; unit++; }
    return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: units[unit], unitDisplay: "short", maximumSignificantDigits: 3 }).format(n);
  };
  const time = (seconds) => {
    if (seconds < 90) return says.seconds.replace("%s", Math.max(1, Math.round(seconds)));
    if (seconds < 5400) return says.minutes.replace("%s", Math.round(seconds / 60));
    return says.hours.replace("%s", Math.round(seconds / 360) / 10);
  };

  function add(files) {
    for (const file of files) {
      const line = document.createElement("li");
      line.innerHTML = '<p><bdi></bdi><span></span></p><progress max="1" value="0"></progress>';
      line.querySelector("bdi").textContent = file.name;
      line.querySelector("progress").setAttribute("aria-label", file.name);
      line.querySelector("span").textContent = says.wait;
      list.append(line);
      waiting.push({ file, line, tries: 0 });
    }
    next();
  }

  function next() {
    while (running < 2 && waiting.length) send(waiting.shift());
  }

  function send(one) {
    const note = one.line.querySelector("span"), bar = one.line.querySelector("progress");
    const request = new XMLHttpRequest();
    let began = performance.now(), at = began, sent = 0, rate = 0;
    running++; one.tries++;
    one.line.querySelector("button")?.remove();
    request.open("PUT", `${form.action}/${encodeURIComponent(one.file.name)}`);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", one.file.type || "application/octet-stream");
    request.upload.onprogress = (event) => {
      const now = performance.now();
      if (now - at < 500 && event.loaded < event.total) return;
      const speed = (event.loaded - sent) / (now - at) * 1000;
      /* An average that forgets slowly: a weak link is slow and fast by turns. */
      rate = rate ? rate * 0.8 + speed * 0.2 : event.loaded / (now - began) * 1000;
      at = now; sent = event.loaded;
      bar.value = event.loaded / event.total;
      note.textContent = event.loaded < event.total
        ? `${size(event.loaded)} / ${size(event.total)} · ${says.left.replace("%s", time((event.total - event.loaded) / rate))}`
        : says.keeping;
    };
    request.onload = () => {
      running--;
      if (request.status === 201) { bar.value = 1; note.textContent = says.done; one.line.classList.add("done"); refresh(); return next(); }
      let told = {};
      try { told = JSON.parse(request.responseText); } catch { /* A proxy answered, not the node. */ }
      fail(one, request.status === 401 ? says.out : told.detail || says.cut, [408, 502, 503, 504].includes(request.status) || told.code === "upload_broken");
    };
    request.onerror = request.ontimeout = () => { running--; fail(one, says.cut, true); };
    request.send(one.file);
  }

  function fail(one, why, again) {
    const note = one.line.querySelector("span");
    one.line.querySelector("progress").removeAttribute("value");
    note.textContent = why;
    if (again && one.tries < 4) {
      setTimeout(() => { waiting.push(one); next(); }, 2000 * one.tries);
    } else {
      one.line.querySelector("progress").value = 0;
      const button = document.createElement("button");
      button.type = "button"; button.className = "add"; button.textContent = says.again;
      button.onclick = () => { button.remove(); one.tries = 0; waiting.push(one); next(); };
      one.line.append(button);
    }
    next();
  }

  async function refresh() {
    try {
      const page = new DOMParser().parseFromString(await (await fetch(says.here, { credentials: "same-origin" })).text(), "text/html");
      for (const id of ["files", "checks"]) {
        const fresh = page.getElementById(id), old = document.getElementById(id);
        /* A name somebody is just changing is not taken from under their hands. */
        if (fresh && old && !old.contains(document.activeElement)) old.replaceWith(fresh);
      }
      watch();
      if (!running && !waiting.length) setTimeout(() => list.querySelectorAll(".done").forEach((line) => line.remove()), 4000);
    } catch { /* The next one brings the list. */ }
  }

  /* Files are read after they have come: asked less and less often, and not for ever. */
  let asked = 0, timer;
  function watch() {
    clearTimeout(timer);
    if (!+document.getElementById("checks")?.dataset.unread) { asked = 0; return; }
    if (asked < 20) timer = setTimeout(refresh, 2000 * 1.3 ** asked++);
  }
  watch();

  choose.addEventListener("change", () => { add(choose.files); choose.value = ""; });
  form.addEventListener("submit", (event) => { event.preventDefault(); if (choose.files.length) { add(choose.files); choose.value = ""; } });
  for (const name of ["dragenter", "dragover"]) form.addEventListener(name, (event) => { event.preventDefault(); form.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => { event.preventDefault(); add(event.dataTransfer.files); });
  addEventListener("beforeunload", (event) => { if (running) event.preventDefault(); });
})();
