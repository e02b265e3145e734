// OIDC Session Management §3.2: tells the app's page that asks whether who is signed in here is still the same. Computes what
// protocol/session_state.rs does, with the state that the cookie holds now.
const cookie = document.documentElement.dataset.cookie + "=";

const hash = async (text) => {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

const answer = async ({ data, origin }) => {
  const [, client, told, salt] = /^(.+) ([\w-]+)\.([\w-]+)$/.exec(data) ?? [];
  if (!client) return "error";
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(cookie));
  const state = found ? found.slice(cookie.length) : "";
  return (await hash(`${client} ${origin} ${state} ${salt}`)) === told ? "unchanged" : "changed";
};

// Of which origin the page is that holds this frame. Not every browser tells; then only that page itself is answered.
const holder = location.ancestorOrigins?.[0] ?? (document.referrer && new URL(document.referrer).origin);

// Pages of the holder's origin are answered, no others, and to that origin alone.
addEventListener("message", async (message) => {
  const { source, origin } = message;
  if (origin === "null" || (source !== parent && origin !== holder)) return;
  source.postMessage(await answer(message), origin);
});
