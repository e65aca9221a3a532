// Arrow keys and Enter lead through the week grid; without this file Tab still does.
document.addEventListener('keydown', event => {
    const cell = event.target.closest('.week input');
    const [rows, columns] = {ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}[event.key] ?? [];
    if (!cell || rows === undefined) {
        return;
    }
    // Within the text of a cell the arrows move the caret, until it is at an end.
    const atEnd = columns < 0 ? cell.selectionStart === 0 : cell.selectionEnd === cell.value.length;
    if (columns && !atEnd && cell.selectionStart === cell.selectionEnd) {
        return;
    }
    const place = cell.closest('td');
    const row = place.closest('tbody').rows[place.parentElement.sectionRowIndex + rows];
    const next = row?.cells[place.cellIndex + columns]?.querySelector('input');
    if (next) {
        event.preventDefault();
        next.focus();
        next.select();
    }
});

document.addEventListener('focusin', event => event.target.matches('.week input') && event.target.select());

// What is refused is shown like any other answer.
document.addEventListener('htmx:beforeSwap', event => {
    if (event.detail.xhr.status === 400 || event.detail.xhr.status === 409) {
        event.detail.shouldSwap = true;
    }
});

// Anything else that failed is told beside the cell, which keeps what was written.
const notSaved = event => {
    const cell = event.target.closest('.week input');
    if (cell && !event.detail.xhr?.status.toString().match(/^(400|409)$/)) {
        const fault = document.createElement('small');
        fault.className = 'fault';
        fault.setAttribute('role', 'alert');
        fault.textContent = 'Not saved. Load the page again.';
        cell.setAttribute('aria-invalid', 'true');
        cell.parentElement.querySelector('.fault')?.remove();
        cell.after(fault);
    }
};
document.addEventListener('htmx:responseError', notSaved);
document.addEventListener('htmx:sendError', notSaved);

// A choice that sends its form by itself.
document.addEventListener('change', event => event.target.matches('select[data-submit]') && event.target.form.requestSubmit());

// A long export tells how far it is, and can be given up. One that breaks off is thrown away: half of it would look like all of it.
const save = async (link, told, signal) => {
    // A page that is left open goes on in its own company here as well.
    const {'X-Tenant-Id': company} = JSON.parse(document.body.getAttribute('hx-headers'));
    const answer = await fetch(link.href, {signal, headers: {'X-Tenant-Id': company}});
    if (!answer.ok) {
        return 'It was refused. Load the page again.';
    }
    const parts = [];
    const total = Number(link.dataset.export);
    const bar = told.querySelector('progress');
    let rows = -1;
    for (const reader = answer.body.getReader();;) {
        const {done, value} = await reader.read();
        if (done) {
            break;
        }
        parts.push(value);
        rows += value.reduce((lines, octet) => lines + (octet === 10), 0);
        told.querySelector('output').textContent = `${Math.max(rows, 0)}${total ? ` of ${total}` : ''} rows`;
        if (total) {
            bar.max = total;
            bar.value = Math.max(rows, 0);
        }
    }
    const file = document.createElement('a');
    file.href = URL.createObjectURL(new Blob(parts, {type: 'text/csv'}));
    file.download = link.pathname.split('/').pop();
    file.click();
    setTimeout(() => URL.revokeObjectURL(file.href), 60000);
    return `${Math.max(rows, 0)} rows`;
};

document.addEventListener('click', async event => {
    const link = event.target.closest('a[data-export]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) {
        return;
    }
    event.preventDefault();
    const told = link.parentElement;
    if (told.querySelector('progress')) {
        return;
    }
    const stop = new AbortController();
    const bar = document.createElement('progress');
    bar.setAttribute('aria-label', 'Download');
    const end = document.createElement('button');
    end.className = 'outline small';
    end.textContent = 'Cancel';
    end.addEventListener('click', () => stop.abort());
    const state = told.querySelector('output') ?? told.appendChild(document.createElement('output'));
    state.textContent = 'Begins';
    told.append(bar, end);
    try {
        state.textContent = await save(link, told, stop.signal);
    } catch (failure) {
        state.textContent = failure.name === 'AbortError' ? 'Cancelled' : 'The download broke off. Try again.';
    }
    bar.remove();
    end.remove();
});

// Of no use without a script.
for (const choice of document.querySelectorAll('[data-theme-choice]')) {
    choice.hidden = false;
    const select = choice.querySelector('select');
    select.value = localStorage.getItem('theme') ?? '';
    select.addEventListener('change', () => {
        localStorage.setItem('theme', select.value);
        setTheme(select.value);
    });
}
