// Naming colleagues in a note: after @ a list of those who may see the case. Typed in full it works without.
'use strict';

for (const box of document.querySelectorAll('[data-mention-from]')) {
  const field = box.closest('form').querySelector('textarea');
  let people = null;
  let shown = [];
  let marked = 0;

  const list = document.createElement('ul');
  list.className = 'people';
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', '可以提及的同事');
  list.hidden = true;
  box.append(list);

  const wanted = () => /(?:^|[^0-9A-Za-z._-])[@＠]([^\s@＠]{0,20})$/.exec(field.value.slice(0, field.selectionStart));

  const close = () => {
    list.hidden = true;
    shown = [];
  };

  const choose = (person) => {
    const end = field.selectionStart;
    const start = end - wanted()[1].length;
    const same = people.filter((other) => other.name === person.name).length > 1;
    field.setRangeText(`${same ? person.account : person.name} `, start, end, 'end');
    field.dispatchEvent(new Event('input'));
    close();
    field.focus();
  };

  const show = () => {
    list.replaceChildren(...shown.map((person, index) => {
      const item = document.createElement('li');
      item.setAttribute('role', 'option');
      item.setAttribute('aria-selected', String(index === marked));
      item.textContent = `${person.name}（${person.account}，${person.where}）`;
      item.addEventListener('mousedown', (event) => {
        event.preventDefault();
        choose(person);
      });
      return item;
    }));
    list.hidden = !shown.length;
  };

  field.addEventListener('input', async () => {
    if (!wanted()) {
      close();
      return;
    }
    if (!people) {
      const answer = await fetch(box.dataset.mentionFrom);
      people = answer.ok ? await answer.json() : [];
    }
    const typed = wanted()?.[1].toLowerCase();
    if (typed === undefined) {
      close();
      return;
    }
    shown = people.filter((person) => [person.name, person.account].some((name) => name.toLowerCase().includes(typed))
      || person.where.includes(typed)).slice(0, 8);
    marked = 0;
    show();
  });

  field.addEventListener('keydown', (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      marked = (marked + (event.key === 'ArrowDown' ? 1 : shown.length - 1)) % shown.length;
      show();
    } else if (event.key === 'Enter' || event.key === 'Tab') choose(shown[marked]);
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
  });
  field.addEventListener('blur', close);
}
