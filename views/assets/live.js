// Keeps what is marked `data-live` in step with the server, as long as the server marks it so. Without this script the
// page offers a link that does the same.
(() => {
  const PERIOD_MS = 2000;

  // `data-live` may say after how many seconds to look again.
  function periodOf(shown) {
    return Number(shown?.dataset.live) * 1000 || PERIOD_MS;
  }

  function keepOpen(shown, latest) {
    for (const { id } of shown.querySelectorAll('details[open][id]')) {
      const same = latest.querySelector(`#${CSS.escape(id)}`);
      if (same) same.open = true;
    }
  }

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
        if (!shown.contains(document.activeElement)) {
          keepOpen(shown, latest);
          shown.replaceWith(latest);
        }
      } catch {
        // The server is away for a moment: the next look is soon.
      }
    }
    setTimeout(refresh, periodOf(shown));
  }

  setTimeout(refresh, periodOf(document.querySelector('[data-live]')));
})();
