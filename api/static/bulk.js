// Lists in which rows can be chosen: Shift chooses a range, a box in the head chooses all, the bar counts. Without this
// script the boxes and the buttons work as they are.
'use strict';

const boxes = [...document.querySelectorAll('input[name="case"][form="bulk"]')];
const chosenCount = document.querySelector('[data-chosen]');
const usual = chosenCount ? chosenCount.textContent : '';
let lastBox = -1;

const showChosen = () => {
  const chosen = boxes.filter((box) => box.checked).length;
  if (chosenCount) chosenCount.textContent = chosen ? `已选${chosen}件` : usual;
  for (const box of boxes) box.closest('[data-row]')?.classList.toggle('is-chosen', box.checked);
};

boxes.forEach((box, index) => {
  box.addEventListener('click', (event) => {
    if (event.shiftKey && lastBox >= 0) {
      const [from, to] = [Math.min(lastBox, index), Math.max(lastBox, index)];
      for (const other of boxes.slice(from, to + 1)) other.checked = box.checked;
    }
    lastBox = index;
    showChosen();
  });
  box.addEventListener('change', showChosen);
});

const head = document.querySelector('thead .table__pick');
if (head && boxes.length) {
  const label = document.createElement('label');
  label.className = 'pick';
  const all = document.createElement('input');
  all.type = 'checkbox';
  all.setAttribute('aria-label', '选择本页全部');
  all.addEventListener('change', () => {
    for (const box of boxes) box.checked = all.checked;
    showChosen();
  });
  label.append(all);
  head.replaceChildren(label);
}
window.addEventListener('pageshow', showChosen);
showChosen();
