// Has the browser ask for a passkey, and sends what it answers by the page's form. Without scripts, or in a browser that
// knows no passkeys, the form stays hidden, and everything else works.
const form = document.getElementById("passkey");
const username = document.getElementById("username");
let asking;

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

// What the server wrote as text, as the browser wants it.
function readOptions() {
  const options = JSON.parse(form.dataset.options).publicKey;
  options.challenge = toBytes(options.challenge);
  if (options.user) {
    options.user.id = toBytes(options.user.id);
  }
  for (const passkey of options.allowCredentials ?? options.excludeCredentials ?? []) {
    passkey.id = toBytes(passkey.id);
  }
  return options;
}

// What the browser answered, as text.
function writeAnswer(passkey) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (passkey.response[part]) {
      response[part] = toText(passkey.response[part]);
    }
  }
  return JSON.stringify({ id: passkey.id, rawId: toText(passkey.rawId), type: passkey.type, response });
}

function send(passkey) {
  form.elements.answer.value = writeAnswer(passkey);
  const remember = document.querySelector("#login [name=remember]");
  if (remember?.checked) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "remember", value: "yes" }));
  }
  form.submit();
}

// Asks now, or (`conditional`) when the person chooses a passkey among what the browser offers for the username.
async function ask(mediation) {
  asking?.abort();
  const mine = new AbortController();
  asking = mine;
  const alert = form.querySelector("[role=alert]");
  if (mediation !== "conditional") {
    alert.hidden = true;
  }
  const publicKey = readOptions();
  const what = publicKey.user ? { publicKey, signal: mine.signal } : { publicKey, mediation, signal: mine.signal };
  try {
    send(await (publicKey.user ? navigator.credentials.create(what) : navigator.credentials.get(what)));
  } catch {
    // Where another question has taken the place of this one, nothing went wrong.
    if (asking === mine && mediation !== "conditional") {
      alert.hidden = false;
      offer();
    }
  }
}

async function offer() {
  if (username && (await PublicKeyCredential.isConditionalMediationAvailable?.())) {
    ask("conditional");
  }
}

if (form && window.PublicKeyCredential) {
  form.hidden = false;
  document.getElementById("no-passkeys")?.remove();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask("optional");
  });
  offer();
}
