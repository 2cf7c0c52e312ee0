-- Belong to the filling session and vanish with it.

create function pg_temp.pick(choices text[]) returns text language sql volatile as $$
  select choices[1 + floor(random() * cardinality(choices))::int]
$$;

create function pg_temp.first_name() returns text language sql volatile as $$
  select pg_temp.pick('{Anna,Ben,Chloé,David,Emma,Farid,Grace,Hannah,Ida,Jonas,Kofi,Léa,Łukasz,Mía,Noah,Olga,Paul,
    Quentin,Rosa,Søren,Tarık,Uma,Viktor,Wen,Xenia,Yusuf,Zoë,Amélie,Björn,Ciarán,Dželila,Eva,Frode,Gülşen,太郎,Ольга}')
$$;

create function pg_temp.last_name() returns text language sql volatile as $$
  select pg_temp.pick('{Andersson,Bakker,Castro,Dubois,Evans,Fischer,García,Hansen,Ivanova,Jensen,Kowalska,Lefèvre,
    Müller,Nowak,O''Brien,Petit,Quist,Rossi,Schmidt,Tanaka,Ünal,Virtanen,Weber,Yılmaz,Zimmermann,"van den Berg"}')
$$;

create function pg_temp.address() returns shop.address language sql volatile as $$
  select row(
    pg_temp.pick('{High Street,Bahnhofstraße,Rue de la Paix,"Calle Mayor, 2.º",Storgatan,Via Roma,Dorpsstraat}')
      || ' ' || (1 + floor(random() * 180))::text,
    pg_temp.pick('{Amsterdam,Berlin,"Castellón de la Plana",Göteborg,Lyon,München,Paris,"San Sebastián",Torino,Århus}'),
    lpad(floor(random() * 100000)::text, 5, '0'),
    pg_temp.pick('{DE,FR,SE,NL,ES,IT}')
  )::shop.address
$$;

create function pg_temp.words(count int) returns text language sql volatile as $$
  select string_agg(
    pg_temp.pick('{light,sturdy,woollen,handmade,and,with,for,winter,summer,a,the,pocket,strap,steel,oak,finish,fits,
      any,kitchen,garden,recycled,soft,warm,waterproof,two,three,years,of,warranty,made,in,small,series,"crème brûlée",
      "– limited –",colour,deep,blue,red,easy,to,clean}'),
    ' ')
  from generate_series(1, count)
$$;
