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
