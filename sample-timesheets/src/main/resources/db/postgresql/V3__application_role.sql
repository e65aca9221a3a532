-- What the application may do, if another role owns the tables. To their owner it gives what that has.
grant select, insert, update, delete on
    company, app_user, company_member, refresh_token, registration, invitation, customer, project, time_entry
    to "${application}";
