// Before anything is painted: another theme a moment later would flash. Without a choice it is the system's.
const setTheme = theme => {
    if (theme) {
        document.documentElement.dataset.theme = theme;
    } else {
        delete document.documentElement.dataset.theme;
    }
};
setTheme(localStorage.getItem('theme'));
