grant select, insert, update, delete on shedlock to "${application}";
