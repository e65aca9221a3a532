package dev.tenancy;

/** What can be said in Hibernate's query language: each function, each clause. One a line. */
final class CorpusQueries {

    private CorpusQueries() {}

    /** By the function's name, then a call of it with attributes of an item {@code i}, and of a team {@code t} where it names one. */
    static final String SCALARS = """
            abs | abs(i.number - 3)
            acos | acos(i.ratio)
            acosh | acosh(i.number)
            array | array(i.number, 2, 3)
            array | array(:text, i.name)
            array_append | array_append(i.words, :text)
            array_append | array_append(i.counts, i.number)
            array_concat | array_concat(i.words, i.words)
            array_concat | array_concat(i.words, :words)
            array_contains | array_contains(i.words, i.name)
            array_contains | array_contains(i.words, :text)
            array_contains | array_contains(i.words, array('one', 'two'))
            array_contains_nullable | array_contains_nullable(i.words, cast(null as String))
            array_fill | array_fill(i.name, 2)
            array_fill_list | array_fill_list(i.name, 2)
            array_get | array_get(i.words, 1)
            array_get | i.words[1]
            array_includes | array_includes(i.words, array('one'))
            array_includes_nullable | array_includes_nullable(i.words, array('one', null))
            array_intersects | array_intersects(i.words, array('one', 'x'))
            array_intersects_nullable | array_intersects_nullable(i.words, array('one', null))
            array_length | array_length(i.words)
            array_list | array_list(i.number, 2)
            array_overlaps | array_overlaps(i.words, array('one', 'x'))
            array_overlaps_nullable | array_overlaps_nullable(i.words, array('one', null))
            array_position | array_position(i.words, 'two')
            array_position | array_position(i.words, i.name, 1)
            array_positions | array_positions(i.words, 'two')
            array_positions_list | array_positions_list(i.words, 'two')
            array_prepend | array_prepend(:text, i.words)
            array_remove | array_remove(i.words, 'one')
            array_remove_index | array_remove_index(i.words, 1)
            array_replace | array_replace(i.words, 'one', i.name)
            array_reverse | array_reverse(i.words)
            array_set | array_set(i.words, 1, 'first')
            array_slice | array_slice(i.words, 1, 2)
            array_slice | i.words[1:2]
            array_sort | array_sort(i.words)
            array_sort | array_sort(i.words, true)
            array_sort | array_sort(i.words, true, false)
            array_to_string | array_to_string(i.words, ',')
            array_to_string | array_to_string(i.words, ',', '-')
            array_trim | array_trim(i.words, 1)
            ascii | ascii(i.name)
            asin | asin(i.ratio)
            asinh | asinh(i.ratio)
            atan | atan(i.ratio)
            atan2 | atan2(i.ratio, 2)
            atanh | atanh(i.ratio)
            bit_length | bit_length(i.name)
            bitand | bitand(i.number, 3)
            bitnot | bitnot(i.number)
            bitor | bitor(i.number, 3)
            bitxor | bitxor(i.number, 3)
            bitxor | bitxor(i.number, :number)
            cast | cast(i.number as String)
            cast | cast(i.price as Integer)
            cast | cast('12' as Long)
            cast | cast(i.day as LocalDateTime)
            cast | cast(i.active as Integer)
            cast | cast(i.number as Boolean)
            cast | cast(i.ratio as BigDecimal)
            cast | cast(i.ratio as BigDecimal(10, 2))
            cast | cast(i.token as String)
            cast | cast(:text as String)
            cast | cast(i.color as Integer)
            cast | cast(i.shade as String)
            cbrt | cbrt(i.number)
            ceil | ceil(i.ratio)
            ceiling | ceiling(i.price)
            char | char(i.number + 64)
            character_length | character_length(i.name)
            chr | chr(i.number + 64)
            coalesce | coalesce(i.parent.name, i.name, :text)
            coalesce | coalesce(i.big, i.number)
            collate | collate(i.name as ucs_basic)
            collate | collate(i.name as `C`)
            concat | concat(i.name, '-', :text)
            concat | i.name || '/' || i.place.town || :text
            cos | cos(i.ratio)
            cosh | cosh(i.ratio)
            cot | cot(i.ratio)
            curdate | curdate()
            current date | current date
            current time | current time
            current timestamp | current timestamp
            current_date | current_date
            current_instant | current_instant
            current_time | current_time
            current_timestamp | current_timestamp
            curtime | curtime()
            date_trunc | date_trunc('day', i.moment)
            dateadd | dateadd(day, 2, i.moment)
            datediff | datediff(hour, i.day, i.moment)
            day | day(i.day)
            day_of_month | day_of_month(i.day)
            day_of_week | day_of_week(i.day)
            day_of_year | day_of_year(i.day)
            dayname | dayname(i.day)
            dayofmonth | dayofmonth(i.day)
            dayofweek | dayofweek(i.day)
            dayofyear | dayofyear(i.day)
            degrees | degrees(i.ratio)
            exp | exp(i.ratio)
            extract | extract(year from i.day)
            extract | extract(quarter from i.moment)
            extract | extract(week from i.day)
            extract | extract(day of week from i.day)
            extract | extract(day of month from i.day)
            extract | extract(day of year from i.moment)
            extract | extract(hour from i.time)
            extract | extract(minute from i.moment)
            extract | extract(second from i.moment)
            extract | extract(nanosecond from i.moment)
            extract | extract(epoch from i.moment)
            extract | extract(date from i.moment)
            extract | extract(time from i.moment)
            extract | extract(week of month from i.day)
            extract | extract(week of year from i.day)
            extract | extract(offset from i.instant)
            extract | extract(offset hour from i.instant)
            extract | year(i.day) + month(i.day) + day(i.day)
            extract | hour(i.time) + minute(i.time) + second(i.time)
            floor | floor(i.price)
            format | format(i.moment as 'yyyy-MM-dd HH:mm:ss')
            format | format(i.day as 'dd/MM/yy')
            greatest | greatest(i.number, 2, :number)
            hex | hex(i.data)
            hour | hour(i.time)
            ifnull | ifnull(i.parent.name, i.name)
            initcap | initcap(i.name)
            insert | insert(i.name, 1, 2, 'xx')
            instant | instant
            instr | instr(i.name, 'i')
            json_array | json_array(i.number, i.name, :text)
            json_array | json_array(i.number, i.parent.name null on null)
            json_array | json_array(i.parent.name absent on null)
            json_array_append | json_array_append(i.json, '$.d', i.number)
            json_array_insert | json_array_insert(i.json, '$.d[0]', 'x')
            json_exists | json_exists(i.json, '$.a')
            json_exists | json_exists(i.json, '$.d[0]' error on error)
            json_exists | json_exists(i.json, '$.d[$idx]' passing 1 as idx)
            json_insert | json_insert(i.json, '$.z', i.number)
            json_mergepatch | json_mergepatch(i.json, '{"a": null}')
            json_object | json_object('a': i.number, 'b': i.name)
            json_object | json_object('a': i.number, 'b': :text)
            json_object | json_object(key 'a' value i.parent.name null on null)
            json_object | json_object('x': json_array(i.number, json_object('y': i.name)) absent on null)
            json_query | json_query(i.json, '$.b')
            json_query | json_query(i.json, '$.d' with wrapper)
            json_query | json_query(i.json, '$.d[*]' with conditional wrapper)
            json_query | json_query(i.json, '$.x' empty array on empty)
            json_query | json_query(i.json, '$.x' null on error)
            json_query | json_query(i.json, '$.d[$idx]' passing 1 as idx)
            json_remove | json_remove(i.json, '$.a')
            json_replace | json_replace(i.json, '$.a', 'x')
            json_set | json_set(i.json, '$.a', i.number)
            json_value | json_value(i.json, '$.a')
            json_value | json_value(i.json, '$.a' returning Integer)
            json_value | json_value(i.json, '$.b.c' null on empty)
            json_value | json_value(i.json, '$.b.c' error on error)
            json_value | json_value(i.json, '$.d[$idx]' passing 1 as idx)
            least | least(i.number, 2, i.big)
            left | left(i.name, 2)
            length | length(i.name)
            ln | ln(i.number)
            local date | local date
            local datetime | local datetime
            local time | local time
            local_date | local_date
            local_datetime | local_datetime
            local_time | local_time
            localtime | localtime
            localtimestamp | localtimestamp
            locate | locate('i', i.name)
            locate | locate('i', i.name, 2)
            log | log(10, i.number)
            log10 | log10(i.number)
            lower | lower(i.name)
            lpad | lpad(i.name, 12)
            lpad | lpad(i.name, 12, '*')
            ltrim | ltrim(i.name)
            make_date | make_date(2024, i.number, 1)
            make_time | make_time(10, i.number, 1)
            make_timestamp | make_timestamp(2024, 1, i.number, 1, 1, 1)
            make_timestamptz | make_timestamptz(2024, 1, i.number, 1, 1, 1)
            md5 | md5(i.name)
            microsecond | microsecond(i.time)
            minute | minute(i.time)
            mod | mod(i.number, 2)
            mod | i.number % 2
            month | month(i.day)
            monthname | monthname(i.day)
            now | now()
            nullif | nullif(i.name, :text)
            octet_length | octet_length(i.name)
            offset datetime | offset datetime
            offset_datetime | offset_datetime
            ordinal | ordinal(i.color)
            overlay | overlay(i.name placing 'xx' from 2)
            overlay | overlay(i.name placing :text from 2 for 1)
            pad | pad(i.name with 12 leading)
            pad | pad(i.name with 12 trailing '*')
            pi | pi
            position | position('i' in i.name)
            power | power(i.number, 2)
            quarter | quarter(i.day)
            radians | radians(i.number)
            rand | rand()
            regexp_like | regexp_like(i.name, 'b.*')
            regexp_like | regexp_like(i.name, :pattern, 'i')
            repeat | repeat(i.name, 2)
            repeat | repeat(:text, i.number)
            replace | replace(i.name, 'item', :text)
            reverse | reverse(i.name)
            right | right(i.name, 2)
            round | round(i.price, 1)
            round | round(i.price)
            rownum | rownum()
            rpad | rpad(i.name, 12, '*')
            rtrim | rtrim(i.name)
            second | second(i.time)
            sha | sha(i.name)
            sha | sha(i.data)
            sign | sign(i.number - 2)
            sin | sin(i.ratio)
            sinh | sinh(i.ratio)
            soundex | soundex(i.name)
            space | space(i.number)
            sql | sql('? + 1', i.number)
            sql | sql('upper(?)', i.name)
            sqrt | sqrt(i.number)
            str | str(i.number)
            string | string(i.shade)
            substr | substr(i.name, 2)
            substring | substring(i.name, 2, :number)
            substring | substring(i.name from 2 for 3)
            sysdate | sysdate
            tan | tan(i.ratio)
            tanh | tanh(i.ratio)
            timestampadd | timestampadd(month, 1, i.moment)
            timestampadd | i.moment + 2 day
            timestampadd | i.moment - :number hour
            timestampadd | i.day + (i.number * 3) day
            timestampdiff | timestampdiff(second, i.day, i.moment)
            timestampdiff | (i.moment - i.day) by hour
            to_char | to_char(i.moment, 'YYYY')
            to_date | to_date('2024-01-01', 'YYYY-MM-DD')
            to_number | to_number('12', '99')
            to_timestamp | to_timestamp('2024-01-01', 'YYYY-MM-DD')
            translate | translate(i.name, 'ab', 'xy')
            trim | trim(i.name)
            trim | trim(leading 'B' from i.name)
            trim | trim(both :letter from i.name)
            trim | trim(trailing from i.name)
            trunc | trunc(i.price, 1)
            trunc | trunc(i.moment, day)
            trunc | trunc(i.moment, month)
            truncate | truncate(i.price, 0)
            upper | upper(i.name)
            week | week(i.day)
            weekofyear | weekofyear(i.day)
            xmlcomment | xmlcomment(i.name)
            xmlconcat | xmlconcat(xmlelement(name a, i.name), xmlelement(name b))
            xmlelement | xmlelement(name a, xmlattributes(i.number as n, i.name as m), i.name)
            xmlexists | xmlexists('/a' passing '<a><b>1</b></a>')
            xmlforest | xmlforest(i.name as n, i.number as m)
            xmlpi | xmlpi(name php)
            xmlpi | xmlpi(name php, i.name)
            xmlquery | xmlquery('/a/b' passing '<a><b>1</b></a>')
            year | year(i.day)
            """;

    /** Other expressions of an item {@code i}: cases, arithmetic, literals, types. */
    static final String EXPRESSIONS = """
            case i.number when 1 then 'one' when :number then :text else i.name end
            case when i.parent is null then 'top' when i.active then 'x' end
            (i.number + 2) * -i.big / 3 - :number
            i.price * :price + i.ratio
            {d 2024-01-01}
            datetime 2024-01-01 10:10:10
            x'ff'
            'it''s -- not a /* comment'
            "a string; in ? quotes"
            date 2024-02-03 + 3 day
            1.5e3 + 2L + 3.0bd
            datetime 2024-01-01 10:10:10 +02:00
            id(i)
            version(i)
            naturalid(i.team)
            i.team.id
            """;

    /** Conditions on an item {@code i}. */
    static final String CONDITIONS = """
            i.number between 1 and :number
            i.name like 'B%'
            i.name like :pattern
            i.name like :pattern escape '!'
            i.name like concat(:text, '%')
            i.name like :text || '%' escape '\\'
            i.name not like concat('%', :text, '%')
            i.name like (select max(x.name) from Item x)
            i.name ilike 'b%'
            i.name like upper(:text) || '%'
            i.name in ('a', :text, i.name)
            i.name in :names
            i.id not in (:ids)
            i.id in (select t.id from Team t)
            (i.id, i.number) in ((1L, 1), (2L, 3))
            (i.id, i.number) = (1L, 1)
            (i.name, i.number) < ('x', 3)
            (i.id, i.name) in (select x.id, x.name from Item x)
            i.color = dev.tenancy.CorpusModel$Color.RED
            i.color in (RED, GREEN)
            i.shade = :color
            i.active is true
            i.active is not false
            i.name is distinct from :text
            i.parent is not distinct from i
            i.number > any (select t.version from Team t)
            i.number >= all (select x.number from Item x)
            i.number = some (select x.number from Item x where x.active)
            i.active = every (select x.active from Item x)
            exists (from Item x where x.parent = i)
            not exists (select 1 from Tag g where g.id = i.id)
            i = :item
            i.parent = :item
            i.parent in :items
            i.parent.parent is null
            i.team.seal.name is not null
            i.place.tag.name like 'B%'
            i.place = i.parent.place
            i.children is empty
            i.children is not empty
            size(i.children) > 1
            i member of i.team.items
            :item not member of i.children
            i.details.weight > 1
            i.details.title || 'x' = :text
            i.moment < local datetime
            i.day > :day
            (i.active or i.number > 1) and not (i.name = 'x' or i.parent is null)
            i.loud = upper(i.name)
            i.code = 'code1'
            i.currency.code = 'EUR'
            i.currency in (select c from Currency c where c.name = 'euro')
            i.data = x'0101'
            i.token = :token
            i.words is not null and i.words = :words
            i.words contains 'one'
            i.words includes array('one', 'two')
            i.words intersects array('one')
            i.name like regexp 'b.*'
            i.name ilike regexp :pattern
            """;

    /** Aggregates, by their names. */
    static final String AGGREGATES = """
            any | any(i.active)
            array_agg | array_agg(i.name) within group (order by i.id)
            array_agg | array_agg(i.number) within group (order by i.number desc nulls last)
            avg | avg(i.number)
            avg | avg(i.price)
            bit_and | bit_and(i.number)
            bit_or | bit_or(i.number)
            bool_and | bool_and(i.active)
            bool_or | bool_or(i.number > 1)
            corr | corr(i.number, i.ratio)
            count | count(*)
            count | count(i)
            count | count(distinct i.name)
            count | count(distinct i)
            count | count(i.parent)
            covar_pop | covar_pop(i.number, i.ratio)
            covar_samp | covar_samp(i.number, i.ratio)
            cume_dist | cume_dist(2) within group (order by i.number)
            dense_rank | dense_rank(2) within group (order by i.number)
            every | every(i.active)
            every | every(i.number > 0)
            json_arrayagg | json_arrayagg(i.name)
            json_arrayagg | json_arrayagg(i.number null on null)
            json_arrayagg | json_arrayagg(i.number absent on null order by i.id desc)
            json_objectagg | json_objectagg(i.name: i.number)
            json_objectagg | json_objectagg(key i.name value i.number null on null)
            json_objectagg | json_objectagg(i.name: i.number with unique keys)
            listagg | listagg(i.name, ', ') within group (order by i.id)
            listagg | listagg(distinct i.place.town, ', ') within group (order by i.place.town desc)
            listagg | listagg(i.name, ',' on overflow error) within group (order by i.name)
            max | max(i.number)
            max | max(i.name)
            max | max(i.token)
            median | median(i.number)
            min | min(i.day)
            min | min(i.active)
            mode | mode() within group (order by i.place.town)
            percent_rank | percent_rank(2) within group (order by i.number)
            percentile_cont | percentile_cont(0.5) within group (order by i.number)
            percentile_disc | percentile_disc(0.5) within group (order by i.number desc)
            rank | rank(2) within group (order by i.number)
            regr_avgx | regr_avgx(i.number, i.ratio)
            regr_avgy | regr_avgy(i.number, i.ratio)
            regr_count | regr_count(i.number, i.ratio)
            regr_intercept | regr_intercept(i.number, i.ratio)
            regr_r2 | regr_r2(i.number, i.ratio)
            regr_slope | regr_slope(i.number, i.ratio)
            regr_sxx | regr_sxx(i.number, i.ratio)
            regr_sxy | regr_sxy(i.number, i.ratio)
            regr_syy | regr_syy(i.number, i.ratio)
            stddev | stddev(i.number)
            stddev_pop | stddev_pop(i.number)
            stddev_samp | stddev_samp(i.number)
            sum | sum(i.number)
            sum | sum(i.price * 2)
            sum | sum(distinct i.number)
            var_pop | var_pop(i.number)
            var_samp | var_samp(i.number)
            variance | variance(i.number)
            xmlagg | xmlagg(xmlelement(name a, i.name))
            xmlagg | xmlagg(xmlelement(name a, i.name) order by i.id)
            """;

    /** Window functions, by their names, and windows of other shapes. */
    static final String WINDOWS = """
            first_value | first_value(i.name) over (order by i.id)
            lag | lag(i.name) over (order by i.id)
            lag | lag(i.number, 2, 0) over (partition by i.place.town order by i.id)
            last_value | last_value(i.name) over (order by i.id rows between unbounded preceding and unbounded following)
            lead | lead(i.name, 1) over (order by i.id desc)
            nth_value | nth_value(i.name, 2) over (order by i.id)
            nth_value | nth_value(i.name, 2) from first respect nulls over (order by i.id)
            first_value | first_value(i.parent.name) ignore nulls over (order by i.id)
            row_number | row_number() over (order by i.id)
            row_number | row_number() over ()
            rank | rank() over (partition by i.team order by i.number desc)
            dense_rank | dense_rank() over (order by i.place.town)
            percent_rank | percent_rank() over (order by i.number)
            cume_dist | cume_dist() over (order by i.number)
            sum | sum(i.number) over (partition by i.place.town order by i.id rows 1 preceding)
            sum | sum(i.number) over (order by i.id range between unbounded preceding and current row)
            sum | sum(i.number) over (order by i.id groups between 1 preceding and 1 following exclude current row)
            sum | sum(i.number) over (order by i.id rows between 1 preceding and 1 following exclude ties)
            avg | avg(i.number) filter (where i.active) over (order by i.id rows between current row and unbounded following)
            count | count(*) over (partition by i.parent.name, i.color order by i.name nulls first)
            """;

    /** Functions that return rows, by their names. */
    static final String SETS = """
            unnest | select i.id, w from Item i join lateral unnest(i.words) w
            unnest | select i.id, index(w), w from Item i join lateral unnest(i.words) w order by i.id, index(w)
            unnest | select w from unnest(array(1, 2, 3)) w
            unnest | select i.id, w from Item i left join lateral unnest(i.counts) w where w > 1 or w is null
            unnest | from Item i where i.name in (select w from unnest(array('B item 1', 'x')) w)
            _order_by_frag | from Team t left join fetch t.pinned
            generate_series | select n from generate_series(1, 5) n
            generate_series | select n, i.name from generate_series(1, cast(:number as Integer), 2) n join Item i on i.number = n
            generate_series | select index(n), n from generate_series(date 2024-01-01, date 2024-01-05, 1 day) n
            generate_series | select i.id, n from Item i join lateral generate_series(cast(1 as Integer), cast(i.number as Integer)) n
            json_table | select i.id, j.a, j.c from Item i join lateral json_table(i.json, '$' columns(a Integer, c String \
            path '$.b.c', x exists path '$.x')) j
            json_table | select j.n, j.v from Item i join lateral json_table(i.json, '$.d[*]' columns(n for ordinality, v \
            Integer path '$')) j order by i.id, j.n
            json_table | select i.id, j.v, j.q from Item i left join lateral json_table(i.json, '$' columns(q json path '$.b', \
            nested '$.d[*]' columns(v Integer path '$')) error on error) j
            json_table | select j.a from json_table('{"a": 1}', '$' columns(a Integer)) j
            xmltable | select x.b from xmltable('/a/b' passing '<a><b>1</b><b>2</b></a>' columns b Integer path '.') x
            xmltable | select i.id, x.n, x.b, x.d from Item i join lateral xmltable('/a' passing xmlelement(name a, i.name) \
            columns n for ordinality, b String path '.', d String path 'c' default 'none') x
            """;

    /** Clauses of a query. */
    static final String SELECTS = """
            from Item
            from Item i order by i.name desc nulls last, i.id
            from Item i order by i.parent.name nulls first, lower(i.name) asc
            from Item i order by i.id limit 2
            from Item i order by i.id limit :number offset 1
            from Item i order by i.id offset 1 rows
            from Item i order by i.id fetch first 2 rows only
            from Item i order by i.place.town fetch first 1 rows with ties
            from Item i order by i.id fetch first 50 percent rows only
            from Item i order by i.place.town fetch next :number percent rows with ties
            select i.name as n, i.number from Item i order by n, 2 desc
            select distinct i.place.town from Item i
            select i from Item i where i.team is not null
            select i.team from Item i
            select i.place from Item i
            select i.details from Item i
            select i.details.weight from Item i where i.details.title like 'B%'
            select new list(i.id, i.name) from Item i
            select new map(i.id as id, i.name as name) from Item i
            select object(i) from Item i
            from Item i select i.id, i.name
            from Item i, Team t where i.team = t select i.name, t.name
            select i.name, t.name from Item i cross join Team t
            select i.name, t.name from Item i join i.team t
            select i.name, t.name from Item i left join i.team t
            select i.name, t.name from Item i right join i.team t
            select i.name, t.name from Item i full join i.team t
            select i.name, t.name from Item i left join i.team t on t.name like '%1'
            select i.name, t.name from Item i left join i.team t with t.version = 0
            select i.name, t.name from Item i join Team t on t.id = i.id
            select i.name, t.name from Item i left join Team t on t.id = i.id
            select i.name, t.name from Item i right join Team t on t.id = i.id
            select i.name, t.name from Item i full join Team t on t.id = i.id
            select i.name, c.name from Item i left join Currency c on c.code = i.currency.code
            select c.name, i.name from Currency c left join Item i on i.currency = c
            select i.name, p.name, q.name from Item i left join i.parent p left join p.team q
            select i.name from Item i join i.parent p join p.children c where c.active
            from Item i left join fetch i.team
            from Item i join fetch i.team t left join fetch t.tags
            from Item i left join fetch i.parent p left join fetch p.team left join fetch i.currency
            from Team t left join fetch t.items
            from Team t left join fetch t.listed
            from Team t left join fetch t.pinned
            from Team t left join fetch t.ranking
            from Team t left join fetch t.watched
            from Team t left join fetch t.choices
            from Team t left join fetch t.money
            from Team t left join fetch t.words
            from Team t left join fetch t.steps
            from Team t left join fetch t.remarks
            from Team t left join fetch t.weights
            from Team t left join fetch t.places
            from Team t left join fetch t.hints
            from Team t left join fetch t.seal
            from Seal s left join fetch s.team
            from Team t left join t.items i where i.number > 1
            select t.name, i.name from Team t, in (t.items) i
            select t.name, g.name from Team t join t.tags g where g.name like 'B%'
            select t.name, g.name from Tag g left join g.teams t
            select t.name, w from Team t join t.words w
            select t.name, index(s), s from Team t join t.steps s
            select t.name, key(r), value(r) from Team t join t.remarks r
            select t.name, entry(r) from Team t join t.remarks r
            select t.name, key(m), value(m) from Team t join t.marks m
            select t.name, key(w).name, value(w) from Team t join t.weights w
            select t.name, key(c).name, value(c).name from Team t join t.choices c
            select t.name, c.name from Team t left join t.choices c on key(c).name like '%1'
            select t.name, p.street, p.tag.name from Team t join t.places p
            select t.name, h from Team t left join t.hints h
            select t.name, w.name from Team t left join t.watched w
            select t.name, t.steps[0], t.remarks['topic'] from Team t
            select t.name from Team t where t.steps[1] = 'then'
            select t.name from Team t where t.remarks['topic'] like 'B%'
            select t.name from Team t where t.ranking[0].name like 'B%'
            select t.name from Team t where t.listed[0].version >= 0
            select t.name from Team t where 'word' in elements(t.words)
            select t.name from Team t where 'word' member of t.words
            select t.name from Team t where :tag member of t.tags
            select t.name from Team t where :tag not member of t.watched
            select t.name from Team t where exists elements(t.hints)
            select t.name from Team t where 'topic' in indices(t.remarks)
            select t.name from Team t where exists indices(t.marks)
            select t.name from Team t where t.listed is empty
            select t.name from Team t where t.words is not empty and t.hints is not empty
            select t.name, size(t.items), size(t.tags), size(t.words), size(t.hints), size(t.watched) from Team t
            select t.name from Team t where size(t.listed) >= 1 order by size(t.tags)
            select t.name, max(elements(t.words)), maxelement(t.steps), maxindex(t.steps) from Team t
            select t.name from Team t where maxindex(t.steps) = 2 and minelement(t.words) < 'z'
            select t.name, (select count(*) from t.items) from Team t
            select t.name, (select max(i.number) from t.items i where i.active) from Team t
            select t.name from Team t where exists (select 1 from t.tags g where g.name like 'B%')
            select t.name from Team t where (select count(g) from t.tags g) = 1
            select t.name, x.n from Team t join lateral (select i.name as n from t.items i order by i.id limit 1) x
            select t.name, x.n from Team t left join lateral (select count(*) as n from Item i where i.team = t) x
            select x.n from (select i.name as n, i.number as m from Item i) x where x.m > 1
            select x.n, t.name from (select i.team as team, count(*) as n from Item i group by i.team) x join x.team t
            select x.n, t.name from Team t join (select i.name as n, i.team.id as id from Item i) x on x.id = t.id
            with x as (select i.name as n, i.number as m from Item i) select y.n from x y where y.m > 1
            with x as materialized (select i.id as id from Item i) select i.name from Item i join x y on y.id = i.id
            with x as not materialized (select i.id as id from Item i) from Item i where i.id in (select y.id from x y)
            with x as (select i.id as id from Item i), z as (select max(y.id) as m from x y) select z1.m from z z1
            with x as (select i.id as id, i.parent.id as up from Item i where i.parent is null union all \
            select i.id as id, i.parent.id as up from Item i join x y on i.parent.id = y.id) select x1.id from x x1 order by x1.id
            with x as (select i.id as id, i.name as n from Item i where i.id = 1 union all select i.id as id, i.name as n from \
            Item i join x y on i.parent.id = y.id) search depth first by n set s select x1.id from x x1 order by x1.s
            with x as (select i.id as id, i.name as n from Item i where i.id = 1 union all select i.id as id, i.name as n from \
            Item i join x y on i.parent.id = y.id) search breadth first by id set s select x1.id from x x1
            with x as (select i.id as id, i.parent.id as up from Item i where i.id = 2 union all select i.id as id, i.parent.id \
            as up from Item i join x y on i.id = y.up) cycle id set c to true default false using p select x1.id, x1.c from x x1
            with x as (select i.id as id from Item i where i.id = 2 union select i.id as id from Item i join x y on i.id = \
            y.id) cycle id set c select x1.id, x1.c from x x1
            from Team t where t.id in (with x as (select i.team.id as id from Item i) select y.id from x y)
            select i.name from Item i union select t.name from Team t
            select i.name from Item i union all select t.name from Team t order by 1 limit 3
            select i.id from Item i intersect select t.id from Team t
            select i.id from Item i except select t.id from Team t
            select i.id from Item i intersect all select t.id from Team t
            select i.id from Item i except all select t.id from Team t
            (select i.name as n from Item i order by i.id limit 1) union all (select t.name as n from Team t order by t.id limit 1)
            (select i.id from Item i union select t.id from Team t) except (select g.id from Tag g where g.id = 3)
            from Team t where t.id in (select i.id from Item i union select g.id from Tag g)
            select x.id from (select i.id as id from Item i union all select t.id as id from Team t) x
            select i.place.town, count(*) from Item i group by i.place.town
            select i.place.town as t, sum(i.number) from Item i group by t having sum(i.number) > 1 order by t
            select i.team, count(*) from Item i group by i.team
            select t.name, count(i) from Team t left join t.items i group by t order by count(i) desc, t.name
            select i.place.town, i.color, count(*) from Item i group by rollup(i.place.town, i.color)
            select i.place.town, i.color, count(*) from Item i group by cube(i.place.town, i.color)
            select i.place.town, count(*) from Item i group by 1 order by 2 desc, 1
            select i.place.town, count(*) filter (where i.active) from Item i group by i.place.town having max(i.number) < 99
            select count(*) from Item
            select count(*) from Team t join t.tags
            select max(i.number) + min(i.number) from Item i where i.number > (select avg(x.number) from Item x)
            select 1
            select :text, current_date is not null
            from Vehicle
            from Vehicle v where type(v) = Car
            from Vehicle v where type(v) in (Car, Truck)
            from Vehicle v where type(v) = :type
            select type(v), v.name from Vehicle v
            from Car c where c.plate like 'B%'
            from Truck k left join fetch k.stops
            select treat(v as Car).plate from Vehicle v
            select v.name, treat(v as Truck).load from Vehicle v where treat(v as Car).doors > 0
            from Vehicle v join treat(v as Truck).stops s
            select c.plate, c.team.name from Car c
            select t.name, v.name from Team t left join Vehicle v on v.team = t
            select count(*) from Car c
            select c.doors from Car c where c.id = :id
            from Shape s where s.team is null or type(s) = Circle
            select treat(s as Circle).radius from Shape s where treat(s as Circle).radius > 1
            from Circle
            from Payment p order by p.amount desc
            from Payment p where type(p) = Card and p.amount > 1
            select treat(p as Card).holder from Payment p
            from Card c where c.holder is not null
            select t.name, p.amount from Team t left join Payment p on p.team = t
            select sum(p.amount) from Payment p
            from Doc d where d.more like 'B%'
            select d.more, d.pages, d.tag.name from Doc d
            select d.name from Doc d where d.tag is null
            select d.name, g.name from Doc d left join d.tag g
            from Archived a where a.name like 'B%'
            select a.name, t.name from Archived a join a.team t
            select t.name, a.name from Team t left join Archived a on a.team = t
            from Retired
            from Hidden h
            select count(*) from Hidden
            from Stamp s where s.changed_at is not null and s.luck = 7
            from Profile p join fetch p.seal
            select p.name, p.seal.name from Profile p where p.seal.team is not null
            from Line l where l.id.item.name like 'B%'
            from Line l where l.id = :line
            select l.id.position, l.id.item.name from Line l
            from Currency c where c.name = 'euro'
            select c.name, (select count(*) from Item i where i.currency = c) from Currency c
            from CurrencyView v where v.loud = 'EURO'
            from CurrencyCount c join CurrencyView v on lower(v.loud) = c.name
            select i.name, v.loud from Item i join CurrencyView v on v.code = i.currency.code
            select t.name, m.name from Team t join t.money m
            select m.name from Sequenced m where m.name like 'B%'
            from Identified m join Tabled n on m.name = n.name
            select i.tenantId = :tenant from Item i
            from Item i where i.tenantId = :tenant
            select i.name from Item i where i.tenantId in (select t.tenantId from Team t)
            """;

    /** Clauses of statements that change rows. */
    static final String MUTATIONS = """
            update Item set name = 'x'
            update Item i set i.name = :text, i.number = i.number + 1 where i.active
            update versioned Item i set i.name = concat(i.name, :text) where i.id in :ids
            update Item i set i.parent = null, i.team = null
            update Item i set i.parent = :item where i.id <> 1
            update Item i set i.name = (select max(t.name) from Team t)
            update Item i set i.team = (select t from Team t where t.id = 2)
            update Item i set i.name = 'x' where i.team.name like 'B%'
            update Item i set i.name = 'x' where i.team.seal.name like 'B%'
            update Item i set i.name = 'x' where exists (from Team t where t = i.team)
            update Item i set i.name = 'x' where i.id in (select t.id from Team t)
            update Item i set i.number = case when i.parent is null then 1 else 2 end
            update Item i set i.place.street = :text, i.place.tag = :tag
            update Item i set i.words = array('a', i.name)
            update Item i set i.details.title = :text
            update Item i set i.details.weight = i.details.weight + 1, i.details.title = null
            update Item i set i.json = '{}'
            update Item i set i.code = :text
            update Item i set i.day = i.day + 1 day, i.moment = local datetime where i.moment is null
            update Item i set i.color = RED, i.shade = :color
            update Item i set i.currency = (select c from Currency c where c.code = 'USD')
            update Item i set i.name = 'x' where i.name like concat(:text, '%')
            update Item i join i.team t set i.name = t.name
            update Item i join i.team t set i.name = t.name where t.name like 'B%'
            update Item i left join i.parent p set i.name = coalesce(p.name, 'none')
            update Team t set t.name = 'x' where :tag member of t.tags
            update Team t set t.name = 'x' where t.words is not empty
            update Team t set t.seal = null
            update Team t set t.code = upper(t.code)
            update Vehicle set name = 'x'
            update Vehicle v set v.name = 'x' where type(v) = Car
            update Vehicle v set v.name = 'x' where v.team.name like 'B%'
            update Car set plate = :text, name = 'x'
            update Car c set c.doors = c.doors + 1 where c.plate like 'B%'
            update Truck k set k.load = 1, k.plate = 'p', k.name = concat(k.name, '!')
            update versioned Truck set load = 2
            update Shape set name = 'x'
            update Circle set radius = radius + 1, name = 'c'
            update Payment set name = 'x', amount = amount + 1
            update Payment p set p.name = 'x' where p.team is null
            update Card c set c.holder = :text where c.amount > 1
            update Doc set more = 'x', name = 'y'
            update Doc d set d.pages = 1 where d.tag.name like 'B%'
            update Doc d set d.tag = null, d.more = :text where d.name like 'B%'
            update Archived set name = 'x'
            update Archived a set a.name = 'x' where a.team.name like 'B%'
            update Hidden set name = 'x'
            update Stamp s set s.name = 'x'
            update Profile p set p.name = 'x' where p.seal.name like 'B%'
            update Line l set l.name = 'x' where l.id.position = 7
            update Currency set name = 'money' where code = 'EUR'
            delete from Item i where i.id = 4 and i.id in (select g.id + 1 from Tag g union select n.id from Note n)
            delete from Line
            delete Line l where l.id.item.name like 'B%'
            delete from Item i where i.id > 1 and i.id <> 1
            delete from Note n where n.id = 4 and not exists (from Team t join t.pinned p where p = n)
            delete from Profile p where p.seal in (select s from Seal s)
            delete from Stamp s where s.name like :pattern
            delete from Vehicle v where v.id < 3
            delete from Vehicle v where v.team.name like 'B%'
            delete from Car c where c.doors > 0
            delete from Truck k where k.load > 1
            delete from Circle
            delete from Shape s where s.team.name like 'B%'
            delete from Payment
            delete from Card c where c.holder like 'B%'
            delete from Doc
            delete from Doc d where d.more like 'B%'
            delete from Doc d where d.tag.name like 'B%'
            delete from Archived
            delete from Archived a where a.team.id = 1
            delete from Retired
            delete from Hidden
            delete from Team t where t.id = 2 and t.seal is not null
            delete from Payment p join p.team t where t.name like 'B%'
            delete from Sequenced
            delete from Identified m where m.name like 'B%'
            insert into Tag (tenantId, id, version, name) values (:tenant, 90, 0, 'new'), (:tenant, 91, 0, :text)
            insert into Tag (id, version, name, tenantId) values (90, 0, upper(:text), :tenant)
            insert into Tag (tenantId, id, name) select :tenant, i.id + 90, i.name from Item i
            insert into Tag (id, version, name, tenantId) select i.id + 90, 0, i.name, i.tenantId from Item i where i.active
            insert into Tag (tenantId, id, version, name) select :tenant, max(i.id) + 90, 0, :text from Item i group by i.place.town
            insert into Tag (tenantId, id, version, name) with x as (select i.id + 90 as id from Item i) select :tenant, y.id, 0, 'x' from x y
            insert into Tag (tenantId, id, version, name) values (:tenant, 1, 0, 'x') on conflict do nothing
            insert into Tag (tenantId, id, version, name) values (:tenant, 1, 0, 'x') on conflict (id) do nothing
            insert into Tag (tenantId, id, version, name) values (:tenant, 1, 0, 'x') on conflict (tenantId, id) do nothing
            insert into Tag as g (tenantId, id, version, name) values (:tenant, 1, 0, 'x'), (:tenant, 90, 0, 'y') on conflict (tenantId, id) do update set \
            name = concat(g.name, excluded.name), version = g.version + 1 where g.name like 'B%'
            insert into Tag (tenantId, id, version, name) values (:tenant, 1, 0, 'x') on conflict (tenantId, id) do update set name = excluded.name
            insert into Item (tenantId, id, version, name, number, ratio, active, letter, code, place.street, parent) values (:tenant, 90, 0, :text, \
            1, 0.5, true, 'x', 'c', 'there', :item)
            insert into Line (tenantId, id.item, id.position, version, name) values (:tenant, :item, 8, 0, 'x')
            insert into Car (tenantId, id, version, name, plate, doors, driven_at) values (:tenant, 90, 0, 'car', :text, 4, current_instant)
            insert into Car (tenantId, id, version, name, plate, doors) select :tenant, i.id + 90, 0, i.name, i.name, i.number from Item i
            insert into Truck (tenantId, id, version, name, plate, doors, load) values (:tenant, 90, 0, 'a', 'b', 1, 2), (:tenant, 91, 0, 'c', 'd', 3, 4)
            insert into Circle (tenantId, id, version, name, radius) select :tenant, i.id + 90, 0, i.name, i.number from Item i
            insert into Card (tenantId, id, version, name, amount, holder) values (:tenant, 90, 0, 'a', 1, :text)
            insert into Payment (tenantId, id, version, name, amount) select :tenant, i.id + 90, 0, i.name, i.number from Item i
            insert into Doc (tenantId, id, version, name, more, pages) values (:tenant, 90, 0, 'a', :text, 3)
            insert into Doc (tenantId, id, version, name, more) select :tenant, i.id + 90, 0, i.name, i.place.street from Item i
            insert into Stamp (tenantId, id, version, name) values (:tenant, 90, 0, 'a')
            insert into Sequenced (tenantId, version, name) values (:tenant, 0, 'a'), (:tenant, 0, 'b')
            insert into Sequenced (tenantId, version, name) select :tenant, 0, i.name from Item i
            insert into Identified (tenantId, version, name) select :tenant, 0, i.name from Item i
            insert into Identified (tenantId, version, name) values (:tenant, 0, :text)
            insert into Tabled (tenantId, version, name) values (:tenant, 0, 'a')
            insert into Randomized (tenantId, version, name) values (:tenant, 0, 'a')
            insert into Currency (code, name) values ('CHF', 'franc')
            insert into Currency (code, name) select concat('X', cast(i.id as String)), i.name from Item i
            """;

    /** What is asked in the small models, whose tenants are numbers or names. */
    static final String SMALL = """
            from Folder f left join fetch f.notes left join fetch f.links
            from Folder f where type(f) = Box and f.tenantId = :tenant
            select f.name, l.name from Folder f left join f.links l
            select b.label, (select count(*) from Sheet s where s.folder = b) from Box b
            from Sheet s join fetch s.folder where s.name like concat(:text, '%')
            select count(*), max(s.name) from Sheet s group by s.folder
            select s.name from Sheet s union select f.name from Folder f
            with x as (select f.id as id from Folder f) select s.name from Sheet s join x y on y.id = s.folder.id
            select f.name from Folder f where 'note' member of f.notes and f.links is not empty and size(f.links) > 0
            update Folder set name = 'x'
            update Box set label = :text, name = 'y'
            update Sheet s set s.folder = (select max(f) from Folder f where f.id = 2) where s.folder.name like 'B%'
            update Sheet s set s.more = 'm', s.name = 'x'
            delete from Sheet s where s.folder.name like 'B%'
            delete from Sheet
            insert into Box (tenantId, id, version, name, label) values (:tenant, 90, 0, 'a', 'b')
            insert into Sheet (tenantId, id, version, name, more) select s.tenantId, s.id + 90, 0, s.name, 'm' from Sheet s
            insert into Folder (tenantId, id, version, name) values (:tenant, 1, 0, 'a') on conflict (tenantId, id) do nothing
            """;
}
