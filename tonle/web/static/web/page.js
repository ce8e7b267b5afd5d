/* What every page gains from a script: citations that copy at a press, questions completed while
   one types, and work away from the network. Nothing depends on it. */
for (const section of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break; /* Only on secure origins. */
  for (const line of section.querySelectorAll(".cite")) {
    const button = document.createElement("button"), text = line.textContent;
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

/* Words and titles while somebody types a question: a kilobyte, after a pause. */
for (const field of document.querySelectorAll('form[action="/search"] input[name="q"]')) {
  const list = document.createElement("datalist");
  let timer, last;
  list.id = `${field.id}-offered`;
  field.after(list);
  field.setAttribute("list", list.id);
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const typed = field.value.trim();
      if (typed.length < 2 || typed === last || navigator.connection?.saveData) return;
      last = typed;
      try {
        const answer = await fetch(`/search/suggest?q=${encodeURIComponent(typed)}`);
        const [, offered] = await answer.json();
        if (typed === last) list.replaceChildren(...offered.map((text) => new Option(text, text)));
      } catch { /* Without a link nothing is offered. */ }
    }, 300);
  });
}

(() => {
  const worker = window.caches && navigator.serviceWorker, main = document.getElementById("main");
  const OUT = "tonle-out";
  const parse = (text) => new DOMParser().parseFromString(text, "text/html");
  let words;
  const says = async (what) => {
    words ||= document.getElementById("says") || parse(await (await fetch("/offline")).text()).getElementById("says");
    return words.dataset[what];
  };

  function tell(text, tone, ...more) {
    const note = document.createElement("div"), line = document.createElement("p");
    note.className = `notice${tone ? ` notice--${tone}` : ""}`;
    note.setAttribute("role", tone ? "alert" : "status");
    line.append(text);
    for (const one of more) line.append(" ", one);
    note.append(line);
    main.prepend(note);
  }
  function link(text, to) {
    const a = document.createElement("a");
    a.href = to; a.textContent = text;
    return a;
  }

  /* Steps of a deposit that were written without a link and are not open here. */
  async function drafts() {
    const open = document.getElementById("step")?.dataset, names = Object.keys(localStorage);
    for (const name of names.filter((one) => one.startsWith("tonle:"))) {
      const held = JSON.parse(localStorage.getItem(name) || "{}");
      if (!held.to || (open && name === `tonle:${open.draft}:${open.step}`)) continue;
      const body = new URLSearchParams([...held.words, ["seq", held.seq], ...held.signed]);
      const answer = await fetch(held.to, { method: "POST", body, headers: { Accept: "application/json" } });
      const got = await answer.json();
      if (answer.ok && !Object.keys(got.problems).length) {
        localStorage.removeItem(name);
        tell(await says("saved"), "", link(held.title || held.to, held.to));
      } else tell(await says("look"), "warn", link(held.title || held.to, held.to));
    }
  }

  /* Outcomes of forms that waited, each told once, in one of the open pages. */
  const outcomes = () => navigator.locks.request("tonle-told", async () => {
    if (!(await caches.has(OUT))) return;
    const out = await caches.open(OUT);
    for (const one of await out.keys()) {
      const held = await out.match(one), status = +held.headers.get("Answered");
      if (!status) continue;
      const got = await held.json(), page = parse(got.page);
      const said = ["[role=alert]", ".error", "[role=status]", "h1"].map((what) => page.querySelector(`main ${what}`)?.textContent.trim()).find(Boolean) || "";
      if (status < 400) {
        tell(await says("sent"), "", link(said || got.at, got.at));
        await out.delete(one);
        continue;
      }
      /* Nothing is lost: the form goes there once more, as a page that shows what is wrong. */
      const form = document.createElement("form"), button = document.createElement("button");
      form.method = "post"; form.action = got.to; form.className = "inline-form";
      for (const [name, value] of new URLSearchParams(got.body)) {
        const field = document.createElement("input");
        field.type = "hidden"; field.name = name; field.value = value;
        form.append(field);
      }
      button.className = "button button--quiet"; button.textContent = await says("open");
      form.append(button);
      tell(await says("refused"), "bad", said);
      if (got.body) main.firstChild.append(form);
      await out.delete(one);
    }
  });

  /* Whoever wrote what waits is not signed in any more: said once on a page. */
  let asked = false;
  async function signin() {
    if (asked) return;
    asked = true;
    tell(await says("signin"), "warn", link(await says("login"), "/accounts/login/"));
  }

  /* On the page for times without a link: what is on this device, and what waits. */
  async function listed() {
    const list = document.getElementById("kept");
    if (!list) return;
    for (const name of ["tonle-mine", "tonle-read"]) {
      if (!(await caches.has(name))) continue;
      const cache = await caches.open(name);
      for (const one of (await cache.keys()).reverse()) {
        const { pathname, search } = new URL(one.url);
        if (["/offline", "/who"].includes(pathname)) continue;
        const line = document.createElement("li"), page = parse(await (await cache.match(one, { ignoreVary: true })).text());
        line.append(link(page.querySelector("h1:not(.visually-hidden)")?.textContent.trim() || page.title, pathname + search));
        list.append(line);
      }
    }
    document.getElementById("none").hidden = !!list.children.length;
    const what = { "?waits": "waits", "?not": "not" }[location.search];
    if (what) tell(await says(what), what === "not" ? "bad" : "");
  }

  document.addEventListener("submit", (event) => {
    if (!/\/(accounts\/logout|me\/erase)\b/.test(event.target.action)) return;
    /* What waits on this device is the person's who leaves it. */
    try { Object.keys(localStorage).filter((name) => name.startsWith("tonle:")).forEach((name) => localStorage.removeItem(name)); } catch { /* None here. */ }
  });

  const deliver = () => {
    drafts().catch(() => { /* Still no link, or no storage: it waits. */ });
    worker?.controller?.postMessage("deliver");
  };
  addEventListener("online", deliver);
  deliver();
  if (!worker) return;
  worker.addEventListener("message", ({ data }) => {
    outcomes().catch(() => {});
    if (data === "signin") signin().catch(() => {});
  });
  outcomes().catch(() => {});
  listed().catch(() => {});
  addEventListener("load", () => {
    worker.register("/sw.js").catch(() => { /* As without it. */ });
    /* The next step of a deposit is on the device before the link is lost. */
    const next = worker.controller && document.querySelector(".steps li:has([aria-current=step]) + li a");
    if (next) fetch(next.href).then(async (answer) => {
      if (answer.headers.get("Tonle-Keep") === "person") await (await caches.open("tonle-mine")).put(next.href, answer);
    }).catch(() => {});
  });
})();
