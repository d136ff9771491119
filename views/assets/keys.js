// Control and K, or Command and K, lead to the field that finds a page. Without this script it is reached by the Tab key.
addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.altKey || event.shiftKey || event.key.toLowerCase() !== 'k') return;
  if (event.ctrlKey === event.metaKey) return;
  const field = document.getElementById('find-page');
  if (!field) return;
  event.preventDefault();
  // On a small screen it is in the menu.
  const menu = document.getElementById('menu');
  if (menu && getComputedStyle(menu).display === 'none') menu.showPopover?.();
  field.focus();
  field.select();
});
