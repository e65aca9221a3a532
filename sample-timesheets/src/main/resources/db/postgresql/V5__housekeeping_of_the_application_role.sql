grant select, insert, update, delete on shedlock, attempt_count to "${application}";
