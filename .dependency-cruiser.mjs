/** Who may import whom. @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'engine-stands-alone',
      comment: 'The engine knows PostgreSQL; nothing of the API, Slack or the control database.',
      severity: 'error',
      from: { path: '^engine/' },
      to: {
        path: '^(api|bot|db|test)/|node_modules/(drizzle-orm|graphql|graphql-yoga|@pothos|@slack|pg-boss)/',
      },
    },
    {
      name: 'db-knows-only-the-engine',
      comment: 'db implements the ports of the engine.',
      severity: 'error',
      from: { path: '^db/' },
      to: { path: '^(api|bot|test)/' },
    },
    {
      name: 'engine-has-one-door',
      comment: 'Outside the engine, import engine/index.ts only.',
      severity: 'error',
      from: { path: '^(api|bot|db)/' },
      to: { path: '^engine/', pathNot: '^engine/index\\.ts$' },
    },
    {
      name: 'api-reaches-db-in-main-only',
      comment: 'Only a main program wires the store to the API.',
      severity: 'error',
      from: { path: '^api/', pathNot: '^api/main\\.ts$' },
      to: { path: '^db/' },
    },
    {
      name: 'bot-is-a-graphql-client',
      comment: 'What the bot can do, a curl can do.',
      severity: 'error',
      from: { path: '^bot/', pathNot: '^bot/main\\.ts$' },
      to: { path: '^(api|engine|db|test)/', pathNot: '^api/schema\\.graphql$' },
    },
    {
      name: 'no-product-code-on-tests',
      severity: 'error',
      from: { path: '^(engine|db|api|bot)/' },
      to: { path: '^test/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-dependency-in-the-product',
      severity: 'error',
      from: { path: '^(engine|db|api|bot)/' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/@types/',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
}
