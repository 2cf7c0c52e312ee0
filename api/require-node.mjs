/**
 * Preloaded before every TypeScript entry point: Node runs the sources directly, which needs Node 24.
 * npm scripts find it in node_modules/.bin, where an install script puts it.
 */
const [major] = process.versions.node.split('.').map(Number)
if (major < 24) {
  console.error(
    `Godwit runs on Node 24 or newer; this is Node ${process.versions.node}.\n` +
      'npm ci brings Node 24 along and npm scripts use it: run "npm start", "npm run demo" or "npm test",\n' +
      'and if you installed with --ignore-scripts, run "npm rebuild node" first.',
  )
  process.exit(1)
}
