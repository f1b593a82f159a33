// Forms: live counters, one submission only, a draft that survives a lost page, a warning before typed text is left.
'use strict';

for (const counter of document.querySelectorAll('[data-counter]')) {
  const field = document.getElementById(counter.dataset.counter);
  const limit = Number(field.dataset.limit);
  const show = () => {
    const length = field.value.length;
    counter.textContent = length > limit ? `超出${length - limit}字，最多${limit}字` : `已写${length}字，最多${limit}字`;
    counter.classList.toggle('is-over', length > limit);
  };
  field.addEventListener('input', show);
  show();
}

// Drafts live in this tab only and go with it. What the server sent back wins over a draft.
for (const field of document.querySelectorAll('[data-draft]')) {
  const key = `draft:${field.dataset.draft}`;
  const kept = sessionStorage.getItem(key);
  if (!field.value && kept) {
    field.value = kept;
    field.dispatchEvent(new Event('input'));
    const note = document.createElement('p');
    note.className = 'field__hint';
    note.textContent = '已恢复您上次没有提交的内容。';
    const clear = document.createElement('button');
    clear.type = 'button';
    clear.className = 'link';
    clear.textContent = '清空';
    clear.addEventListener('click', () => {
      field.value = '';
      sessionStorage.removeItem(key);
      field.dispatchEvent(new Event('input'));
      note.remove();
      field.focus();
    });
    note.append(clear);
    field.before(note);
  }
  field.addEventListener('input', () => sessionStorage.setItem(key, field.value));
}
for (const sign of document.querySelectorAll('[data-clear-draft]')) {
  sessionStorage.removeItem(`draft:${sign.dataset.clearDraft}`);
}
for (const field of document.querySelectorAll('[data-draft]')) {
  if (document.querySelector(`[data-clear-draft="${CSS.escape(field.dataset.draft)}"]`)) {
    field.value = field.defaultValue;
  }
}

let leaving = false;
for (const form of document.querySelectorAll('form[data-once]')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = '1';
    leaving = true;
    const button = event.submitter;
    if (button && button.dataset.busy) {
      button.dataset.idle = button.textContent;
      button.textContent = button.dataset.busy;
    }
  });
}
// A page that comes back from the browser's memory must be usable again.
window.addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  leaving = false;
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
  for (const button of document.querySelectorAll('[data-idle]')) button.textContent = button.dataset.idle;
});

window.addEventListener('beforeunload', (event) => {
  if (leaving) return;
  const changed = [...document.querySelectorAll('form[data-warn-unsaved] textarea')].some((field) => field.value !== field.defaultValue);
  if (changed) event.preventDefault();
});
