-- In place of the extension vector, which the embedded PostgreSQL does not have.
create domain vector as text;

create function cosine_distance(a text, b text) returns float8 language sql immutable as $$
    select 1 - sum(x * y) / (sqrt(sum(x * x)) * sqrt(sum(y * y)))
    from unnest(string_to_array(trim(both '[]' from a), ',')::float8[],
                string_to_array(trim(both '[]' from b), ',')::float8[]) as pairs (x, y)
$$;

create operator <=> (leftarg = text, rightarg = text, function = cosine_distance);

create table vector_store (
    id uuid primary key,
    content text,
    metadata json,
    embedding vector
);
