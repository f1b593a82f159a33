// Keys of the staff pages: the table of them is the page /shortcuts, which "?" shows on top. Nothing happens while
// somebody types, and nothing that a link or a button of the page does not do too.
'use strict';

const rows = [...document.querySelectorAll('[data-row]')];
const bulkForm = document.getElementById('bulk');
const places = { q: '/desk', t: '/triage', s: '/requests', d: '/due-soon', c: '/cases', v: '/views', m: '/mentions', a: '/alerts' };
let here = -1;
let waiting = 0; // until when a second key counts

const typing = (target) => target instanceof Element
  && (target.closest('textarea, select, dialog, [contenteditable]') || target.closest('input:not([type="checkbox"], [type="radio"])'));

const markRow = (index) => {
  if (index < 0 || index >= rows.length) return;
  if (here >= 0) rows[here].classList.remove('is-current');
  here = index;
  rows[here].classList.add('is-current');
  rows[here].scrollIntoView({ block: 'nearest' });
  const link = rows[here].querySelector('[data-open]');
  if (link) link.focus({ preventScroll: true });
};
rows.forEach((row, index) => row.addEventListener('focusin', () => {
  if (here !== index) {
    if (here >= 0) rows[here].classList.remove('is-current');
    here = index;
    row.classList.add('is-current');
  }
}));

const tick = () => {
  const box = here >= 0 ? rows[here].querySelector('input[name="case"]') : null;
  if (!box) return;
  box.checked = !box.checked;
  box.dispatchEvent(new Event('change'));
};

// The chosen rows, or the one that is marked.
const acknowledge = () => {
  const button = document.querySelector('form[action$="/acknowledge"] button[type="submit"]');
  if (button) {
    button.click();
    return;
  }
  const bulkButton = bulkForm?.querySelector('button[value="acknowledge"]');
  if (!bulkButton) return;
  if (!document.querySelector('input[name="case"][form="bulk"]:checked')) {
    if (here < 0) return;
    tick();
  }
  bulkButton.click();
};

const write = (selector) => {
  const field = document.querySelector(selector);
  if (!field) return;
  const folded = field.closest('details');
  if (folded) folded.open = true;
  field.focus();
  field.scrollIntoView({ block: 'center' });
};

const search = () => {
  const field = document.querySelector('[role="search"] input[type="search"]');
  if (field) field.select();
  else location.href = '/cases#search';
};

const help = async () => {
  const open = document.querySelector('dialog.keys-help');
  if (open) {
    open.close();
    return;
  }
  const answer = await fetch('/shortcuts');
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const table = page.querySelector('[data-shortcuts]');
  if (!table) {
    location.href = '/shortcuts';
    return;
  }
  for (const named of table.querySelectorAll('[id]')) named.id = `help-${named.id}`;
  for (const section of table.querySelectorAll('[aria-labelledby]')) {
    section.setAttribute('aria-labelledby', `help-${section.getAttribute('aria-labelledby')}`);
  }
  const dialog = document.createElement('dialog');
  dialog.className = 'keys-help';
  dialog.setAttribute('aria-label', '按键');
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'button button--small';
  close.textContent = '关闭';
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('keydown', (event) => {
    if (event.key === '?') dialog.close();
  });
  dialog.append(document.importNode(table, true), close);
  document.body.append(dialog);
  dialog.showModal();
};

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || typing(event.target)) return;
  const key = event.key.toLowerCase();
  if (Date.now() < waiting) {
    waiting = 0;
    const place = places[key];
    // only where this person can go: the header has the link, or the page is everybody's
    if (place && (['v', 'm'].includes(key) || document.querySelector(`.nav a[href="${place}"]`) || key === 'd')) {
      event.preventDefault();
      location.href = place;
    }
    return;
  }
  const acts = {
    g: () => { waiting = Date.now() + 1500; },
    j: () => rows.length && markRow(here + 1),
    k: () => rows.length && markRow(here - 1),
    x: tick,
    a: acknowledge,
    r: () => write('form[action$="/reply"] textarea[name="body"], textarea[name="body"]'),
    n: () => write('form[action$="/note"] textarea[name="text"]'),
    u: () => { if (/^\/cases\/.+/.test(location.pathname)) history.back(); },
    '/': search,
    '?': help,
    escape: () => { waiting = 0; },
  };
  if (!acts[key] || event.shiftKey && key !== '?') return;
  if (key !== 'escape') event.preventDefault();
  acts[key]();
});

if (location.hash === '#search') search();
