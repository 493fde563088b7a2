// Lets the page be installed, and open without a network: the service worker keeps a copy of it. Where a browser denies that,
// the page works without.

export async function begin() {
  if (!isSecureContext || !/^https?:$/.test(location.protocol) || !("serviceWorker" in navigator)) return;
  // Browsers read it at once, and the page would start behind that.
  const href = new URL("manifest.webmanifest", import.meta.url);
  document.head.append(Object.assign(document.createElement("link"), { rel: "manifest", href }));
  try {
    // The server may no longer have one: then what it has kept is not wanted either.
    const script = await fetch("sw.js", { cache: "no-cache" });
    if (script.status === 404 || script.status === 410) return await remove();
    if (!script.ok) return;
    const registration = await navigator.serviceWorker.register(trusted("sw.js"), { scope: "./", updateViaCache: "none" });
    // What this page was loaded from may be newer than what is kept.
    registration.active?.postMessage("refresh");
  } catch {
    // Denied, or without a network.
  }
}

async function remove() {
  const registration = await navigator.serviceWorker.getRegistration("./");
  registration?.active?.postMessage("remove");
  await registration?.unregister();
}

// The one address of a script that is made by a script, for pages that want to see those.
function trusted(url) {
  return window.trustedTypes?.createPolicy("service-worker", { createScriptURL: () => url }).createScriptURL("") ?? url;
}
