// Passkeys: a form marked data-passkey asks the browser for one ("get") or has it make one ("create"), and posts the answer.
(() => {
  "use strict";
  const forms = document.querySelectorAll("form[data-passkey]");
  const known = window.isSecureContext && window.PublicKeyCredential && navigator.credentials;

  const toBytes = (text) => {
    const padded = text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "=");
    return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0));
  };
  const toText = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const withBytes = (one) => ({ ...one, id: toBytes(one.id) });

  /** For browsers from before 2024, which know passkeys but not their JSON. */
  function read(options) {
    const found = { ...options, challenge: toBytes(options.challenge) };
    if (options.user) found.user = withBytes(options.user);
    for (const list of ["allowCredentials", "excludeCredentials"]) {
      if (options[list]) found[list] = options[list].map(withBytes);
    }
    return found;
  }

  function written(credential) {
    if (credential.toJSON) return credential.toJSON();
    const { response } = credential;
    const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const filled = parts.filter((name) => response[name]).map((name) => [name, toText(response[name])]);
    return {
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      response: Object.fromEntries(filled),
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  }

  /** What is to be signed: it stands in the page, or is asked for by a post without an answer. */
  async function questionOf(form) {
    const there = form.querySelector("script[type='application/json']");
    if (there) return JSON.parse(there.textContent);
    const asked = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    const said = await asked.json();
    if (!asked.ok) throw new Error(said.problem);
    return said;
  }

  async function answerTo(question, makes) {
    const options = question.publicKey;
    if (makes) {
      const parse = PublicKeyCredential.parseCreationOptionsFromJSON?.bind(PublicKeyCredential) || read;
      return navigator.credentials.create({ publicKey: parse(options) });
    }
    const parse = PublicKeyCredential.parseRequestOptionsFromJSON?.bind(PublicKeyCredential) || read;
    return navigator.credentials.get({ publicKey: parse(options) });
  }

  const wordsFor = (why, form) => {
    if (why.name === "NotAllowedError" || why.name === "AbortError") return form.dataset.timeout;
    return why.constructor === Error && why.message ? why.message : form.dataset.failed;
  };

  function serve(form) {
    const button = form.querySelector("button[type=submit]");
    const said = form.querySelector(".passkey-said");
    if (!known) {
      button.disabled = true;
      said.textContent = form.dataset.cannot;
      return;
    }
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      said.textContent = "";
      try {
        const credential = await answerTo(await questionOf(form), form.dataset.passkey === "create");
        form.elements.credential.value = JSON.stringify(written(credential));
        form.submit();
      } catch (why) {
        said.textContent = wordsFor(why, form);
        button.disabled = false;
      }
    });
  }

  forms.forEach(serve);
})();
