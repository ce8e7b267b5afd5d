/* Away from the network: what was read can be read again, what was sent is sent later.
   Why it keeps what it keeps: docs/decisions/0030-away-from-the-network.md. */
const READ = "tonle-read", MINE = "tonle-mine", FILES = "tonle-files", OUT = "tonle-out";
const MOST = { [READ]: 80, [MINE]: 30, [FILES]: 30 };
const OFFLINE = "/offline", WHO = "/who";
/* Of one form with files: browsers give a site little room, and take it all back where it is short. */
const MOST_BYTES = 25e6;
/* Answers that are no pages: they pass untouched, so that a download can be resumed. */
const APART = /^\/(api|uploads|oai|stac|feeds|schemas)\b|\/(files|zip|certificate|upload)(\/|$)/;

addEventListener("install", (event) => event.waitUntil(
  caches.open(READ).then((cache) => cache.add(OFFLINE)).then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(Promise.all([
  clients.claim(), registration.navigationPreload?.enable()])));

addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== location.origin || APART.test(url.pathname)) return;
  if (request.mode === "navigate") {
    if (request.method === "GET") event.respondWith(read(event));
    if (request.method === "POST") event.respondWith(send(event, url));
  } else if (request.method === "GET" && /^\/static\/.+\.[0-9a-f]{12}\.\w+$/.test(url.pathname)) {
    event.respondWith(file(event));
  }
});

async function put(name, request, answer) {
  const cache = await caches.open(name);
  await cache.put(request, answer);
  const keys = await cache.keys();
  /* Oldest first: a page that is read again moves to the end. */
  for (const old of keys.slice(0, Math.max(0, keys.length - MOST[name]))) {
    if (new URL(old.url).pathname !== OFFLINE) await cache.delete(old);
  }
}

/* A name that carries its digest never means anything else. */
async function file(event) {
  const kept = await caches.match(event.request);
  if (kept) return kept;
  const answer = await fetch(event.request);
  if (answer.ok) event.waitUntil(put(FILES, event.request, answer.clone()));
  return answer;
}

async function read(event) {
  const { request } = event;
  try {
    const answer = (await event.preloadResponse) || (await fetch(request));
    event.waitUntil(keep(request, answer.clone()));
    return answer;
  } catch {
    return (await again(request)) || away();
  }
}

/* The node says of each page whether it may be kept: `public` for everybody's, Tonle-Keep for
   those of somebody signed in, and nothing for all others. */
async function keep(request, answer) {
  if (!answer.ok || !(answer.headers.get("Content-Type") || "").startsWith("text/html")) return;
  const who = answer.headers.get("Tonle-Who");
  if (who) {
    /* Signed in by a provider or a link, without any form: what was another's is gone, too. */
    const known = await caches.match(WHO);
    if (known && (await known.text()) !== who) await caches.delete(MINE);
    await put(MINE, WHO, new Response(who));
  }
  const open = /\bpublic\b/.test(answer.headers.get("Cache-Control") || "");
  if (open) {
    /* Everybody's page is sent to who is not signed in: whoever was, is no longer. */
    await caches.delete(MINE);
    const said = await caches.match(OFFLINE, { ignoreVary: true });
    if (!said || said.headers.get("Content-Language") !== answer.headers.get("Content-Language")) {
      await caches.open(READ).then((cache) => cache.add(OFFLINE)).catch(() => {});
    }
    await put(READ, request, answer);
  } else if (answer.headers.get("Tonle-Keep") === "person") await put(MINE, request, answer);
}

/* The kept page, with a line that says so. */
async function again(request) {
  for (const name of [MINE, READ]) {
    if (!(await caches.has(name))) continue;
    const kept = await (await caches.open(name)).match(request, { ignoreVary: true });
    if (!kept) continue;
    const page = await kept.text(), note = await says("kept");
    return new Response(page.replace(/<main[^>]*>/, (main) => `${main}<div class="notice" role="status"><p>${note}</p></div>`), {
      headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": kept.headers.get("Content-Security-Policy") || "default-src 'none'" },
    });
  }
}

async function away() {
  return (await caches.match(OFFLINE, { ignoreVary: true, ignoreSearch: true })) || Response.error();
}

/* A sentence in the reader's language, escaped as the page has it. */
async function says(what) {
  const page = await (await away()).text();
  return (page.match(new RegExp(`data-${what}="([^"]*)"`)) || [])[1] || "";
}

/* A form on its way. Without a link it waits, if sending it twice does no harm: forms that
   carry a key or a seal. A password carries neither, and is never kept. Files wait with a form
   whose address has a key, as far as a telephone has room for them. */
async function send(event, url) {
  const { request } = event, copy = request.clone();
  try {
    const answer = await fetch(request);
    /* Signed in, out, or as somebody else: what was another's is gone. */
    if (/^\/(accounts|demo|welcome|invitations|me\/erase)\b/.test(url.pathname)) await caches.delete(MINE);
    if (/^\/(accounts\/logout|me\/erase)\b/.test(url.pathname)) await caches.delete(OUT);
    return answer;
  } catch {
    const type = copy.headers.get("Content-Type") || "";
    const files = type.startsWith("multipart/form-data") && url.searchParams.has("key");
    const body = files ? await copy.blob() : type.startsWith("application/x-www-form-urlencoded") ? await copy.text() : "";
    const fields = new URLSearchParams(files ? "" : body);
    if (files ? body.size > MOST_BYTES : !fields.get("key") && !fields.get("seal")) return Response.redirect(`${OFFLINE}?not`, 303);
    /* A kept page carries one key, however often it is sent from; each of these is another. */
    if (files) url.searchParams.set("key", crypto.randomUUID());
    const out = await caches.open(OUT), known = await caches.match(WHO), who = known ? await known.text() : "";
    try {
      await out.put(`/out/${Date.now()}`, new Response(body, { headers: { "To": url.pathname + url.search, "Who": who, "Files": files ? type : "" } }));
    } catch { return Response.redirect(`${OFFLINE}?not`, 303); }
    await registration.sync?.register("deliver").catch(() => {});
    return Response.redirect(`${OFFLINE}?waits`, 303);
  }
}

/* Who is signed in by now, and what their forms carry against forged ones: signing in changes it. */
async function reader() {
  const answer = await fetch("/me", { cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  const [, token] = (await answer.text()).match(/name="csrfmiddlewaretoken" value="(\w+)"/) || [];
  return { who: answer.headers.get("Tonle-Who"), token };
}

/* What waits, one after the other, until the link fails again. The node's answer is kept in
   its place, until a page has shown it. What somebody wrote who is not signed in any more waits
   until they are: the page to sign in is no answer to it. */
const deliver = () => navigator.locks.request("tonle-out", async () => {
  if (!(await caches.has(OUT))) return;
  const out = await caches.open(OUT);
  let now, signed = true;
  for (const one of await out.keys()) {
    const held = await out.match(one), to = held.headers.get("To"), who = held.headers.get("Who");
    if (held.headers.get("Answered")) continue;
    const files = held.headers.get("Files"), blob = await held.blob();
    const fields = new URLSearchParams(files ? "" : await blob.text());
    if (who) {
      now ||= await reader();
      if (who !== now.who) { signed = false; continue; }
      if (now.token && fields.has("csrfmiddlewaretoken")) fields.set("csrfmiddlewaretoken", now.token);
    }
    const answer = await fetch(to, { method: "POST", body: files ? blob : fields, headers: { Accept: "text/html", ...files && { "Content-Type": files } } });
    /* Busy, or broken for a moment: it waits on. */
    if (answer.status >= 500) break;
    const at = new URL(answer.url).pathname;
    if (answer.status === 401 || (answer.redirected && /^\/accounts\/.*(login|authenticate)\b/.test(at))) { signed = false; continue; }
    await out.put(one, new Response(JSON.stringify({ to, body: String(fields), at: answer.url, page: await answer.text() }), {
      headers: { "To": to, "Answered": String(answer.status) },
    }));
  }
  return signed;
}).then(async (signed) => { for (const page of await clients.matchAll()) page.postMessage(signed === false ? "signin" : "delivered"); });

addEventListener("sync", (event) => event.waitUntil(deliver()));
addEventListener("message", (event) => { if (event.data === "deliver") event.waitUntil(deliver().catch(() => {})); });
