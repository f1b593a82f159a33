// The reply is saved while it is written. Without this script the buttons save it; nothing else is missing.
'use strict';

const draftForm = document.querySelector('form[data-draft-form]');
if (draftForm) {
  const address = draftForm.dataset.draftForm;
  const text = draftForm.elements.body;
  const version = draftForm.elements.draft_version;
  const state = draftForm.querySelector('[data-draft-state]');
  const direct = draftForm.querySelector('[data-direct]');
  const pause = 1200;
  const retry = 15000;
  let timer = 0;
  let saving = null;
  let stopped = false;
  let last = written();

  function written() {
    return JSON.stringify([text.value, draftForm.elements.public.value, draftForm.elements.result ? draftForm.elements.result.value : '', files()]);
  }

  // Whom each of the offered files goes to, null for one that stays; null where none is offered.
  function files() {
    const lists = [...draftForm.querySelectorAll('select[data-file]')];
    if (!lists.length) return null;
    return lists.map((list) => {
      const box = draftForm.querySelector(`input[name="file"][value="${list.dataset.file}"]`);
      return { id: Number(list.dataset.file), audience: box.checked ? list.value.split(':')[1] : null };
    });
  }

  function say(words, unsaved) {
    state.textContent = words;
    state.classList.toggle('is-unsaved', Boolean(unsaved));
  }

  function clock() {
    return new Date().toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false });
  }

  function later(wait) {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(save, wait);
  }

  // Somebody else saved another text: both are shown, and the person decides.
  async function tellConflict(problem) {
    say(problem.detail, true);
    stopped = true;
    const answer = await fetch(address, { headers: { Accept: 'application/json' } });
    const other = answer.ok ? await answer.json() : null;
    let box = document.getElementById('other-text');
    if (box) box.remove();
    if (!other || other.state === 'in_review') return;
    box = document.createElement('div');
    box.id = 'other-text';
    box.className = 'notice';
    const inner = document.createElement('div');
    const head = document.createElement('p');
    const strong = document.createElement('strong');
    strong.textContent = '已保存的另一份文字';
    head.append(strong);
    const body = document.createElement('p');
    body.className = 'prose';
    body.textContent = other.body;
    const choices = document.createElement('div');
    choices.className = 'actions';
    const mine = document.createElement('button');
    mine.type = 'button';
    mine.className = 'button button--small';
    mine.textContent = '用我的文字（另一份留作记录）';
    const theirs = document.createElement('button');
    theirs.type = 'button';
    theirs.className = 'button button--small';
    theirs.textContent = '把另一份接在我的后面';
    const go = (joined) => {
      if (joined) text.value = `${text.value.trimEnd()}\n\n${other.body}`;
      text.dispatchEvent(new Event('input'));
      version.value = other.version;
      stopped = false;
      box.remove();
      save();
      text.focus();
    };
    mine.addEventListener('click', () => go(false));
    theirs.addEventListener('click', () => go(true));
    choices.append(mine, theirs);
    inner.append(head, body, choices);
    box.append(inner);
    draftForm.before(box);
  }

  async function save(leaving) {
    clearTimeout(timer);
    const now = written();
    if (stopped || now === last) return;
    if (saving) {
      later(pause);
      return;
    }
    const sent = text.value;
    saving = new AbortController();
    try {
      const answer = await fetch(address, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRF-Token': draftForm.elements.csrf.value },
        body: JSON.stringify({
          body: sent,
          public: Boolean(draftForm.elements.public.value),
          result: draftForm.elements.result && draftForm.elements.result.value ? draftForm.elements.result.value : null,
          files: files(),
          version: version.value ? Number(version.value) : null,
        }),
        // a browser carries only so much beyond the page
        keepalive: leaving === true && sent.length < 15000,
        signal: saving.signal,
      });
      if (answer.ok) {
        const saved = await answer.json();
        version.value = saved ? saved.version : '';
        last = now;
        text.defaultValue = sent;
        say(saved ? `草稿已保存 ${clock()}` : '');
      } else if (answer.status === 409) {
        await tellConflict(await answer.json());
      } else {
        const problem = await answer.json();
        say(`草稿没有保存：${problem.detail}文字仍在本页。`, true);
      }
    } catch (error) {
      if (error.name !== 'AbortError') {
        say('草稿没有保存，网络不通；文字仍在本页，稍后自动再试。', true);
        later(retry);
      }
    } finally {
      saving = null;
    }
  }

  function show() {
    if (direct && draftForm.dataset.need === 'public') direct.hidden = Boolean(draftForm.elements.public.value);
  }

  draftForm.addEventListener('input', () => later(pause));
  draftForm.addEventListener('change', () => {
    show();
    later(pause);
  });
  // What is on its way must not come after what is sent now.
  draftForm.addEventListener('submit', () => {
    clearTimeout(timer);
    stopped = true;
    if (saving) saving.abort();
  });
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) stopped = false;
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') save(true);
  });
  show();
}
