/** What a column of a type may hold, extreme and odd, as text that the type reads. */
export interface TypeSamples {
  /** In SQL. */
  readonly type: string
  /** NULL comes on top. */
  readonly values: readonly string[]
  /** Of one that the server takes for an array itself. */
  readonly noArray?: true
}

const allBytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('hex')

/** Hard to compress, so that the server stores it out of line; always the same. */
function noise(bytes: number): string {
  let state = 1
  const next = () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 16
  return Array.from({ length: bytes }, () => (next() & 0xff).toString(16).padStart(2, '0')).join('')
}

/** Of all 17 planes, the first and last code points, and every 41st between; all ASCII but NUL; no surrogates. */
function unicode(): string {
  let text = ''
  for (let point = 1; point <= 0x10ffff; point += 1) {
    const surrogate = point >= 0xd800 && point <= 0xdfff
    const edge = (point & 0xffff) <= 1 || (point & 0xffff) >= 0xfffe
    if (!surrogate && (point < 0x800 || edge || point % 41 === 0)) text += String.fromCodePoint(point)
  }
  return text
}

const oddTexts = [
  '',
  ' ',
  '  both ends  ',
  'NULL',
  'null',
  String.raw`\N`,
  String.raw`\.`,
  '\\.\n',
  '\\',
  String.raw`\\x41 \n \t`,
  'tab\there',
  'line\nbreak\r\nand\rmore',
  '\b\f\v\u0001\u007f',
  `it's "quoted"`,
  '{a,b}',
  '{"a",NULL}',
  '(1,"x")',
  'a,b;c|d',
  'e\u0301 and é',
  'שלום \u202eعربي\u202c',
  '👩‍👩‍👧‍👦 🏳️‍🌈',
  '\ufeffBOM \u2028 \u00a0',
]

const floats = ['0', '-0', '0.1', '-1.5', 'NaN', 'Infinity', '-Infinity', '1e23', '123456.789']
const timesOfDay = ['00:00:00', '24:00:00', '23:59:59.999999', '12:34:56.000001', '01:02:03.1']
const timestamps = [
  'infinity',
  '-infinity',
  '1999-12-31 23:59:59.999999',
  '2000-01-01 00:00:00',
  '2000-01-01 00:00:00.000001',
  '0044-03-15 12:00:00 BC',
  '4714-11-24 00:00:00 BC',
  '12345-06-07 08:09:10.5',
  '294276-12-31 23:59:59.999999',
]
const integers = (min: string, max: string) => ['0', '-1', '42', min, max]
const discreteRanges = (low: string, high: string) => [
  'empty',
  '(,)',
  `[${low},)`,
  `(,${high})`,
  `[${low},${high})`,
  `(${low},${high}]`,
  `[${low},${low}]`,
]
const continuousRanges = (low: string, high: string) => [...discreteRanges(low, high), `(${low},${high})`]
const multiranges = (low: string, high: string, higher: string) => [
  '{}',
  '{(,)}',
  `{[${low},${high})}`,
  `{(,${low}),[${high},${higher})}`,
  `{[${low},${high}),[${higher},)}`,
]

/** Of every built-in type whose values can be read from text, by its name in pg_type. */
export const builtInSamples: Readonly<Record<string, Omit<TypeSamples, 'type'>>> = {
  aclitem: { values: ['postgres=r/postgres', '=UC/postgres', 'postgres=a*rw*dDxt/postgres'] },
  bit: { values: ['0', '1', '10'.repeat(40), '1'.repeat(1000)] },
  bool: { values: ['t', 'f'] },
  box: { values: ['(1,2),(0,0)', '(Infinity,NaN),(-Infinity,-0)', '(1e300,1e-300),(-1e300,-5e-324)'] },
  bpchar: { values: oddTexts },
  bytea: {
    values: [String.raw`\x`, String.raw`\x00`, String.raw`\x${allBytes}`, String.raw`\x${noise(100_000)}`],
  },
  char: { values: ['', 'a', ' ', '\\', "'", '"', '\n', '\u007f'] },
  cid: { values: ['0', '4294967295'] },
  cidr: {
    values: ['0.0.0.0/0', '10.1.0.0/16', '255.255.255.255/32', '::/0', '2001:db8::/32', '::ffff:1.2.3.4/128'],
  },
  circle: { values: ['<(0,0),0>', '<(1.5,-2.5),1e300>', '<(NaN,Infinity),NaN>'] },
  date: {
    values: [
      'infinity',
      '-infinity',
      '2024-02-29',
      '4714-11-24 BC',
      '0001-01-01',
      '0001-12-31 BC',
      '10000-01-01',
      '5874897-12-31',
    ],
  },
  float4: { values: [...floats, '1e-45', '-1.1754944e-38', '3.4028235e+38', '16777217'] },
  float8: {
    values: [...floats, '5e-324', '-2.2250738585072014e-308', '1.7976931348623157e+308', '9007199254740993'],
  },
  inet: {
    values: [
      '0.0.0.0/0',
      '192.168.0.1/24',
      '255.255.255.255',
      '::1',
      '::/0',
      'fe80::1/10',
      '::ffff:1.2.3.4/96',
    ],
  },
  int2: { values: integers('-32768', '32767') },
  int2vector: { values: ['', '0', '-32768 1 32767'], noArray: true },
  int4: { values: integers('-2147483648', '2147483647') },
  int8: { values: [...integers('-9223372036854775808', '9223372036854775807'), '9007199254740993'] },
  interval: {
    values: [
      '0',
      '1 mon',
      '-1 mon +2 days -03:04:05.000006',
      '1 year -1 day',
      '00:00:00.000001',
      '-00:00:00.1',
      '178000000 years',
      '-178000000 years',
      '2147483647 days',
      '2562047788:00:54.775807',
      '-2562047788:00:54.775807',
    ],
  },
  json: {
    values: [
      'null',
      '{"a":1,"a":2,"":3}',
      '  { "b" : 1e400 ,\n\t"a":[ ] }  ',
      '123456789012345678901234567890.12345678901234567890',
      '-0.0E+00',
      String.raw`"\u0000 \ud83d\ude00 \/ \\ \" é 😀"`,
      '[1,[2,[3,{}]],"x"]',
      '""',
    ],
  },
  jsonb: {
    values: [
      'null',
      '{"b":1.0000,"a":[],"":{"x":null}}',
      '123456789012345678901234567890.12345678901234567890',
      '1e1000',
      '-0.0',
      String.raw`"\ud83d\ude00 \\ \" \n é"`,
      '[[[[[[[]]]]]],false]',
      '""',
    ],
  },
  jsonpath: {
    values: [
      '$',
      'strict $',
      String.raw`$."odd \"key\""[*] ? (@.x > 1.5 && !(@.y like_regex "^a.*" flag "i"))`,
      '$.**{1 to last}.size()',
    ],
  },
  line: { values: ['{1,-1,0}', '{0,1,-0}', '{1e300,-5e-324,NaN}'] },
  lseg: { values: ['[(0,0),(1,1)]', '[(NaN,Infinity),(-0,-Infinity)]'] },
  macaddr: { values: ['00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff', '08:00:2b:01:02:03'] },
  macaddr8: { values: ['00:00:00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff:ff:ff', '08:00:2b:ff:fe:01:02:03'] },
  money: { values: ['0', '-0.01', '1234.56', '-92233720368547758.08', '92233720368547758.07'] },
  name: { values: ['', 'plain', 'it\'s "x".y', 'ü'.repeat(31) + 'x', String.raw`back\slash`] },
  numeric: {
    values: [
      '0',
      '-0.00',
      '1.5000',
      'NaN',
      'Infinity',
      '-Infinity',
      '12345678901234567890.0987654321',
      '1e-20',
      '9'.repeat(131_072),
      `-${'1234567890'.repeat(13_107)}.${'0123456789'.repeat(1_638)}`,
      `0.${'0'.repeat(16_382)}1`,
    ],
  },
  oid: { values: ['0', '1259', '4294967295'] },
  oidvector: { values: ['', '0', '1 4294967295'], noArray: true },
  path: { values: ['[(0,0),(1,1)]', '((0,0),(1,1),(NaN,-Infinity))', '((5e-324,1e300))'] },
  pg_lsn: { values: ['0/0', '16/B374D848', 'FFFFFFFF/FFFFFFFF'] },
  pg_snapshot: { values: ['1:1:', '10:20:10,14,15', '1:9223372036854775807:1'] },
  point: { values: ['(0,0)', '(-0,5e-324)', '(NaN,Infinity)', '(-Infinity,1.7976931348623157e+308)'] },
  polygon: { values: ['((0,0))', '((0,0),(1,1),(1,0))', '((NaN,Infinity),(-0,5e-324))'] },
  refcursor: { values: ['', 'odd "name"'] },
  regclass: { values: ['0', '4000000000', 'pg_catalog.pg_class', 'odd.text', 'odd."Quo""ted. Täble"'] },
  regcollation: { values: ['0', 'pg_catalog."C"', 'pg_catalog."default"'] },
  regconfig: { values: ['0', 'pg_catalog.simple', 'pg_catalog.english'] },
  regdictionary: { values: ['0', 'pg_catalog.simple'] },
  regnamespace: { values: ['0', 'pg_catalog', 'odd', '"Odd ""schema"".ü"'] },
  regoper: { values: ['0', 'pg_catalog.*<>'] },
  regoperator: { values: ['0', 'pg_catalog.+(integer,integer)', 'pg_catalog.-(NONE,integer)'] },
  regproc: { values: ['0', 'pg_catalog.now'] },
  regprocedure: { values: ['0', 'pg_catalog.upper(text)', 'pg_catalog.length(bytea,name)'] },
  regrole: { values: ['0', 'postgres', 'pg_monitor'] },
  regtype: { values: ['0', 'integer', 'timestamp with time zone[]', 'odd.mood', 'odd.pair[]'] },
  text: { values: [...oddTexts, unicode(), 'long '.repeat(50_000)] },
  tid: { values: ['(0,0)', '(4294967295,65535)'] },
  time: { values: timesOfDay },
  timestamp: { values: timestamps },
  timestamptz: {
    values: timestamps
      .map((value) => value.replace(/ BC$|$/, '+00$&'))
      .map((value) => value.replace('infinity+00', 'infinity')),
  },
  timetz: {
    values: [
      ...timesOfDay.map((time) => `${time}+00`),
      '00:00:00+15:59',
      '24:00:00-15:59',
      '12:34:56.789+05:30:15',
    ],
  },
  tsquery: {
    values: ['', "'a'", "!'a' & ( 'b':AB* | 'c' ) <-> 'd' <5> 'it''s'", String.raw`'back\\slash' & 'sp ace'`],
  },
  tsvector: { values: ['', "'a':1A,2B 'b' 'it''s':16383", String.raw`'back\\slash':1 'sp ace':2,3C 'ünï'`] },
  txid_snapshot: { values: ['1:1:', '10:20:10,14,15'] },
  uuid: {
    values: [
      '00000000-0000-0000-0000-000000000000',
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
      'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
    ],
  },
  varbit: { values: ['', '0', '1', '01'.repeat(5_000)] },
  varchar: { values: oddTexts },
  xid: { values: ['0', '3', '4294967295'] },
  xid8: { values: ['0', '4294967296', '18446744073709551615'] },
  xml: {
    values: [
      '',
      'only text &amp; &#233; 😀',
      '<a/><b/>',
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><doc attr="&quot;x&quot;">é</doc>',
      '<?xml version="1.1"?><doc/>',
      '<!-- comment --><?target instruction?><doc xmlns:x="urn:x"><![CDATA[<&>]]>\n  <x:y/>\t</doc>',
      '<!DOCTYPE doc [<!ELEMENT doc (#PCDATA)>]><doc>text</doc>',
    ],
  },
  int4range: { values: discreteRanges('-5', '2147483646') },
  int8range: { values: discreteRanges('-9223372036854775808', '10') },
  numrange: { values: [...continuousRanges('-1.50', '1e30'), '[-Infinity,NaN]', '(0.0,0.00]'] },
  daterange: {
    values: [
      ...discreteRanges('2024-02-29', '10000-01-01'),
      '[-infinity,infinity]',
      '["0044-03-15 BC",2000-01-01)',
    ],
  },
  tsrange: {
    values: [...continuousRanges('"2024-01-01 00:00:00.000001"', 'infinity'), '[-infinity,infinity)'],
  },
  tstzrange: {
    values: [
      ...continuousRanges('"2024-01-01 00:00:00.000001+00"', '"12345-01-01 00:00:00+00"'),
      '[-infinity,infinity)',
    ],
  },
  int4multirange: { values: multiranges('-5', '7', '2147483647') },
  int8multirange: { values: multiranges('-9223372036854775808', '7', '9007199254740993') },
  nummultirange: { values: multiranges('-1.50', '0.00', '1e30') },
  datemultirange: { values: multiranges('2024-02-29', '2024-03-01', '10000-01-01') },
  tsmultirange: {
    values: multiranges('"0044-03-15 00:00:00 BC"', '"2024-01-01 00:00:00.000001"', 'infinity'),
  },
  tstzmultirange: {
    values: multiranges('"0044-03-15 00:00:00+00 BC"', '"2024-01-01 00:00:00.000001+00"', 'infinity'),
  },
}

/** Built-in types that nobody can move: the server makes their values itself and reads none. */
export const unreadableTypes: readonly string[] = [
  'gtsvector',
  'pg_brin_bloom_summary',
  'pg_brin_minmax_multi_summary',
  'pg_dependencies',
  'pg_mcv_list',
  'pg_ndistinct',
  'pg_node_tree',
]

/** Built-in types with modifiers. */
export const modifiedSamples: readonly TypeSamples[] = [
  { type: 'bit(8)', values: ['00000000', '10101010'] },
  { type: 'char(10)', values: ['', '  x', 'äöü', '0123456789'] },
  { type: 'interval day to second(3)', values: ['1 day 02:03:04.567', '-00:00:00.001'] },
  { type: 'numeric(20,5)', values: ['0', '-1.5', '999999999999999.99999', 'NaN'] },
  { type: 'numeric(3,-2)', values: ['0', '99900', '-12300'] },
  { type: 'time(0)', values: ['23:59:59', '24:00:00'] },
  { type: 'timestamp(3) with time zone', values: ['2024-01-01 00:00:00.123+00', 'infinity'] },
  { type: 'varbit(9)', values: ['', '101010101'] },
  { type: 'varchar(5)', values: ['', '     ', 'ab\\cd', '👩👩👩👩👩'] },
]

/** Types of the schema `odd`, made by `createOddTables`. */
export const madeSamples: readonly TypeSamples[] = [
  { type: 'odd.mood', values: ['', ' ', "it's", '"', '\\', ',', '{}', 'NULL', '(a,b)', 'ünï'] },
  {
    type: 'odd.pair',
    values: ['(,)', '(1,"")', String.raw`(-2147483648,"q\"uo\\te,(x)")`, '(7,"{\\"a\\",NULL}")'],
  },
  { type: 'odd.nest', values: ['(,)', String.raw`("(1,x)","{""(2,\\""y y\\"")"",NULL}")`, '("(,)",{})'] },
  { type: 'odd.positive', values: ['1', '2147483647'] },
  {
    type: 'odd.tags',
    values: ['{}', '{a,NULL,"NULL","","x,y"}', '[-1:0]={a,b}', '{{a,b},{c,d}}'],
    noArray: true,
  },
  { type: 'odd.pair_of_tags', values: ['(,)', String.raw`(1,"{a,""b b""}")`] },
  { type: 'odd.span', values: ['empty', '(,)', '[-0,5e-324]', '(-Infinity,NaN)'] },
  { type: 'odd.words', values: ['empty', '["",)', String.raw`["a b","c\\\"d")`] },
]

/** By the name of the extension that brings the type. */
export const extensionSamples: Readonly<Record<string, TypeSamples>> = {
  citext: { type: 'public.citext', values: oddTexts },
  cube: { type: 'public.cube', values: ['(1,2,3)', '(0),(1)', '(-Infinity,NaN),(5e-324,1e300)'] },
  hstore: {
    type: 'public.hstore',
    values: ['', '"a"=>NULL, "b"=>"", "q\\"uo"=>"\\\\,=>"', '"NULL"=>"NULL"'],
  },
  ltree: { type: 'public.ltree', values: ['', 'Top.Science.Astronomy'] },
}
