create table by_flyway_for_a_tenant (id int);
