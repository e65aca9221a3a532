insert into book (id, tenant_id, version, title)
values ('00000000-0000-0000-0000-000000000008', '00000000-0000-0002-0000-000000000002', 0, 'of Globex, €');
