insert into "Back Office"."Gift Cards" ("Code №", "Value in €", "valid?", "select", "Say ""hi""; it's free")
select
  upper(md5('card' || n)), 5 * (1 + n % 20), n % 4 <> 0,
  case n % 4 when 0 then '' when 1 then E'two\nlines\tand a \\ backslash' when 2 then '\N' end,
  'from ' || pg_temp.first_name()
from generate_series(1, $1) n
