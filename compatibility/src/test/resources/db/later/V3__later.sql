create table by_flyway_later (id int);
