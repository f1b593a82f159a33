// Triage by keyboard: J and K move, 1 to 3 dispatch as suggested, Enter opens.
'use strict';

const items = [...document.querySelectorAll('[data-queue] > li')];
let current = -1;

function mark(index) {
  if (current >= 0) items[current].classList.remove('is-current');
  current = index;
  items[current].classList.add('is-current');
}

function select(index) {
  if (index < 0 || index >= items.length) return;
  mark(index);
  items[index].focus({ preventScroll: true });
  items[index].scrollIntoView({ block: 'nearest' });
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest('input, select, textarea')) return;
  const key = event.key.toLowerCase();
  if (key === 'j') select(current + 1);
  else if (key === 'k') select(current - 1);
  else if (current >= 0 && ['1', '2', '3'].includes(key)) items[current].querySelector(`[data-choice="${key}"]`)?.click();
  else if (current >= 0 && key === 'enter' && [document.body, items[current]].includes(event.target)) items[current].querySelector('[data-open]').click();
});

items.forEach((item, index) => item.addEventListener('focusin', () => mark(index)));
const opened = items.findIndex((item) => `#${item.id}` === location.hash);
if (opened >= 0) select(opened);
else if (items.length) mark(0);
