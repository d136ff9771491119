// Keeps what is marked `data-live` in step with the server, as long as the server marks it so. Without this script the
// page offers a link that does the same.
(() => {
  const PERIOD_MS = 2000;

  async function refresh() {
    const shown = document.querySelector('[data-live]');
    if (!shown) return;
    if (!document.hidden) {
      try {
        const answer = await fetch(location.href, { headers: { accept: 'text/html' }, credentials: 'same-origin' });
        if (!answer.ok) return;
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
        const latest = page.getElementById(shown.id);
        if (!latest) return;
        // Who is about to press a button keeps it.
        if (!shown.contains(document.activeElement)) shown.replaceWith(latest);
      } catch {
        // The server is away for a moment: the next look is soon.
      }
    }
    setTimeout(refresh, PERIOD_MS);
  }

  setTimeout(refresh, PERIOD_MS);
})();
