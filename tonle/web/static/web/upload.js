/* Sends files in pieces (tus 1.0), two at a time, goes on where it stood, and says honestly how
   long it takes. Without it the form sends them all at once. Where `data-begin` is named, the
   deposit is begun with the first file, and the page of `then` follows when all are there. */
(() => {
  const form = document.getElementById("upload");
  if (!form || !window.XMLHttpRequest || !window.fetch) return;
  const says = form.dataset, list = document.getElementById("queue"), choose = document.getElementById("file");
  /* What is smaller goes in one request; a piece takes some eight seconds, whatever the link. */
  const SMALL = 256 << 10, MOST = 16 << 20, waiting = [];
  let running = 0, piece = 512 << 10;
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
  /* A number is not parted from its unit. */
  const firm = (text) => text.replaceAll(" ", "\u00a0");
  /* Until a moment has passed, or at once when the link is back. */
  const pause = (seconds) => new Promise((go) => { const timer = setTimeout(go, seconds * 1000); addEventListener("online", () => { clearTimeout(timer); go(); }, { once: true }); });
  const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
  const word = (text) => base64(new TextEncoder().encode(text));

  class Refused extends Error {}
  const refused = async (answer) => {
    let told = {};
    try { told = await answer.json(); } catch { /* A proxy answered, not the node. */ }
    return Object.assign(new Refused(answer.status === 401 ? says.out : told.detail || says.cut), { code: told.code });
  };

  const note = (one, text) => { one.line.querySelector("span").textContent = text; };
  /* What becomes of a file is read out; how far it is, twice a second, is not. */
  const aloud = Object.assign(document.createElement("p"), { className: "visually-hidden" });
  aloud.setAttribute("role", "status");
  list.removeAttribute("aria-live");
  list.before(aloud);
  const tell = (one, text) => { note(one, text); aloud.textContent = `${one.name}: ${text}`; };
  const passes = [408, 429, 500, 502, 503, 504];
  /* An answer of the node, however often the link breaks before. */
  async function reach(one, address, options) {
    for (let tries = 1; ; tries++) {
      try {
        const answer = await fetch(address, options);
        if (!passes.includes(answer.status)) return answer;
      } catch { /* The link is broken. */ }
      tell(one, says.again);
      await pause(Math.min(2 ** tries, 60));
    }
  }

  /* The deposit that the files belong to. Where nobody answers, the form goes as it is: it waits on
     the device until there is a link. */
  async function open() {
    if (!says.begin) return true;
    let answer;
    try {
      answer = await fetch(says.begin, { method: "POST", headers: { Accept: "application/json" } });
    } catch { form.submit(); return false; }
    if (answer.status !== 201) {
      list.textContent = (await refused(answer)).message;
      return false;
    }
    const { action, ...made } = await answer.json();
    form.action = action;
    Object.assign(says, made);
    delete says.begin;
    return true;
  }

  /* Telephones call every picture alike. */
  const taken = new Set();
  function once(name) {
    const [, stem, ending] = name.match(/^(.*?)(\.[^.]*)?$/);
    for (let n = 2; says.then && taken.has(name); n++) name = `${stem}-${n}${ending || ""}`;
    taken.add(name);
    return name;
  }

  async function add(files) {
    if (!files.length || !(await open())) return;
    for (const [file, called] of files) {
      const name = once(called);
      const line = document.createElement("li");
      line.innerHTML = '<p><bdi></bdi><span></span></p><progress max="1" value="0"></progress>';
      line.querySelector("bdi").textContent = name;
      line.querySelector("progress").setAttribute("aria-label", name);
      line.querySelector("span").textContent = says.wait;
      list.append(line);
      waiting.push({ file, name, line, at: 0, rate: 0 });
    }
    next();
  }

  function next() {
    while (running < 2 && waiting.length) {
      const one = waiting.shift();
      running++;
      one.line.querySelector("button")?.remove();
      send(one).then(() => done(one), (error) => fail(one, error)).finally(() => { running--; next(); if (!running) refresh(); if (!running && says.then && !list.querySelector("button")) location.assign(says.then); });
    }
  }

  function show(one, bytes) {
    const now = performance.now(), spent = now - one.then;
    if (spent < 500 && bytes < one.file.size) return;
    /* An average that forgets slowly: a weak link is slow and fast by turns. */
    const speed = Math.max(0, bytes - one.seen) / spent * 1000;
    one.rate = one.rate ? one.rate * 0.8 + speed * 0.2 : speed;
    one.then = now; one.seen = bytes;
    one.line.querySelector("progress").value = bytes / one.file.size;
    note(one, bytes < one.file.size
      ? `${firm(`${size(bytes)} / ${size(one.file.size)}`)}${one.rate ? ` · ${says.left.replace("%s", firm(time((one.file.size - bytes) / one.rate)))}` : ""}`
      : says.keeping);
  }

  async function send(one) {
    if (one.file.size <= SMALL) {
      const answer = await reach(one, `${form.action}/${one.name.split("/").map(encodeURIComponent).join("/")}`, { method: "PUT", headers: { Accept: "application/json", "Content-Type": one.file.type || "application/octet-stream" }, body: one.file });
      if (answer.status !== 201) throw await refused(answer);
      return;
    }
    await begin(one);
    for (let tries = 0; one.at < one.file.size;) {
      const bytes = one.file.slice(one.at, one.at + piece), began = performance.now();
      one.then = began; one.seen = one.at;
      const answer = await patch(one, bytes);
      if (answer.status === 204) {
        one.at += bytes.size; tries = 0;
        const speed = bytes.size / (performance.now() - began) * 8000;
        piece = Math.max(SMALL, Math.min(MOST, piece * 2, speed));
        continue;
      }
      /* What is not of the link will not pass by being sent again. */
      if (answer.status && ![...passes, 404, 409, 410, 423, 460].includes(answer.status)) throw await refused(answer);
      if (!answer.status) piece = Math.max(SMALL, piece / 2);
      tell(one, says.again);
      await pause(Math.min(2 ** ++tries, 60));
      await ask(one);
    }
    show(one, one.file.size);
    for (let tries = 1; ; tries++) {
      const answer = await reach(one, says.here, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams({ seal: says.seal, do: `take:${one.id}` }) });
      if (answer.ok) return;
      const error = await refused(answer);
      if (error.code !== "still_checked") throw error;
      note(one, says.keeping);
      await pause(Math.min(tries, 15));
    }
  }

  /* The node remembers what came: the same file, chosen again after days, goes on. */
  async function begin(one) {
    const mark = String(one.file.lastModified);
    if (!one.url) {
      for (const line of document.querySelectorAll("#arriving [data-url]")) {
        const had = line.dataset;
        if (had.name === one.name && +had.size === one.file.size && had.mark === mark) Object.assign(one, { url: had.url, id: had.id });
      }
    }
    if (one.url) await ask(one);
    while (!one.url) {
      const said = [["filename", one.name], ["filetype", one.file.type], ["mark", mark]].filter((pair) => pair[1]).map(([key, text]) => `${key} ${word(text)}`);
      const answer = await reach(one, says.tus, { method: "POST", headers: { "Tus-Resumable": "1.0.0", "Tonle-Seal": says.seal, "Upload-Length": one.file.size, "Upload-Metadata": said.join() } });
      if (answer.status !== 201) throw await refused(answer);
      one.url = answer.headers.get("Location"); one.id = answer.headers.get("Tonle-Upload"); one.at = 0;
    }
  }

  async function ask(one) {
    const answer = await reach(one, one.url, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } });
    if (answer.ok) one.at = +answer.headers.get("Upload-Offset");
    if ([404, 410].includes(answer.status)) { one.url = ""; await begin(one); }
  }

  async function patch(one, bytes) {
    const request = new XMLHttpRequest(), from = one.at;
    request.open("PATCH", one.url);
    request.setRequestHeader("Tus-Resumable", "1.0.0");
    request.setRequestHeader("Upload-Offset", from);
    request.setRequestHeader("Content-Type", "application/offset+octet-stream");
    /* Browsers know digests on HTTPS alone; elsewhere the node's own reading must do. */
    if (window.crypto?.subtle) request.setRequestHeader("Upload-Checksum", `sha256 ${base64(await crypto.subtle.digest("SHA-256", await bytes.arrayBuffer()))}`);
    return new Promise((go) => {
      const answer = () => go({ status: request.status, json: async () => JSON.parse(request.responseText) });
      request.upload.onprogress = (event) => show(one, from + event.loaded);
      request.onload = request.onerror = answer;
      request.send(bytes);
    });
  }

  function done(one) {
    one.line.querySelector("progress").value = 1;
    tell(one, says.done);
    one.line.classList.add("done");
  }

  function fail(one, error) {
    tell(one, error instanceof Refused ? error.message : says.cut);
    const button = document.createElement("button");
    button.type = "button"; button.className = "add"; button.textContent = says.retry;
    button.onclick = () => { button.remove(); waiting.push(one); next(); };
    one.line.append(button);
  }

  async function refresh() {
    try {
      const page = new DOMParser().parseFromString(await (await fetch(says.here, { credentials: "same-origin" })).text(), "text/html");
      for (const id of ["files", "arriving", "checks", "beside"]) {
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

  const named = (files) => [...files].map((file) => [file, (file.webkitRelativePath || file.name).normalize()]);
  /* A folder that is dropped tells its content bit by bit. */
  async function inside(entry, found) {
    const asks = (call) => new Promise((go, no) => call(go, no));
    if (entry.isFile) found.push([await asks((go, no) => entry.file(go, no)), entry.fullPath.slice(1).normalize()]);
    if (!entry.isDirectory) return;
    const reader = entry.createReader();
    for (let some; (some = await asks((go, no) => reader.readEntries(go, no))).length;) for (const one of some) await inside(one, found);
  }
  async function dropped(event) {
    const found = [], files = named(event.dataTransfer.files);
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.());
    if (!entries.some((entry) => entry?.isDirectory)) return add(files);
    for (const entry of entries) if (entry) await inside(entry, found);
    add(found.filter((pair) => !/(^|\/)\./.test(pair[1])));
  }

  const folder = choose.cloneNode();
  if ("webkitdirectory" in folder && says.folder) {
    Object.assign(folder, { id: "folder", webkitdirectory: true, hidden: true });
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "add", textContent: says.folder, onclick: () => folder.click() });
    choose.after(button, folder);
  }
  for (const input of [choose, folder]) input.addEventListener("change", async () => { await add(named(input.files).filter((pair) => input === choose || !/(^|\/)\./.test(pair[1]))); if (!says.begin) input.value = ""; });
  form.addEventListener("submit", async (event) => { event.preventDefault(); await add(named(choose.files)); if (!says.begin) choose.value = ""; });
  for (const name of ["dragenter", "dragover"]) form.addEventListener(name, (event) => { event.preventDefault(); form.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => { event.preventDefault(); dropped(event); });
  addEventListener("beforeunload", (event) => { if (running) event.preventDefault(); });
})();
