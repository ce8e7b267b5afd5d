// Passkeys: what a form must know only the browser can tell. Without this script its button
// stays hidden, and the form says what else there is.
const bytes = (text) => Uint8Array.from(
  atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

// From the JSON of WebAuthn Level 3 to what the browser takes, and back again.
const received = (key) => ({
  ...key,
  challenge: bytes(key.challenge),
  ...(key.user && { user: { ...key.user, id: bytes(key.user.id) } }),
  ...(key.excludeCredentials && { excludeCredentials: named(key.excludeCredentials) }),
  ...(key.allowCredentials && { allowCredentials: named(key.allowCredentials) }),
});
const told = (found) => {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (found.response[part]) response[part] = text(found.response[part]);
  }
  if (found.response.getTransports) response.transports = found.response.getTransports();
  return {
    id: found.id,
    rawId: text(found.rawId),
    type: found.type,
    authenticatorAttachment: found.authenticatorAttachment,
    clientExtensionResults: found.getClientExtensionResults(),
    response,
  };
};

async function ask(form) {
  let options;
  if ("fetch" in form.dataset) {
    const headers = { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" };
    options = (await (await fetch(form.action, { headers })).json()).request_options;
  } else {
    options = JSON.parse(document.getElementById("passkey-options").textContent);
  }
  const publicKey = received(options.publicKey);
  const alone = form.elements.passwordless;
  if (form.dataset.passkey === "create" && alone) {
    // A passkey that signs in alone must know whose it is, and who holds it.
    publicKey.authenticatorSelection = {
      ...publicKey.authenticatorSelection,
      residentKey: alone.checked ? "required" : "discouraged",
      requireResidentKey: alone.checked,
      ...(alone.checked && { userVerification: "required" }),
    };
  }
  return navigator.credentials[form.dataset.passkey]({ publicKey });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  const button = form.querySelector("button");
  const refused = form.querySelector("[role=alert]");
  button.parentElement.hidden = false;
  form.querySelector("[data-instead]")?.remove();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    refused.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(told(await ask(form)));
      form.submit();
    } catch {
      refused.textContent = form.dataset.refused;
      refused.hidden = false;
    }
  });
}
