/**
 * Checks who imports whom, and that the check looked at everything: dependency-cruiser reports success over zero
 * modules when its parser does not understand the compiler.
 */
import { existsSync, globSync } from 'node:fs'
import { resolve } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractDepcruiseConfig from 'dependency-cruiser/config-utl/extract-depcruise-config'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'

const folders = ['engine', 'db', 'api', 'bot', 'test'].filter((folder) => existsSync(folder))
const configuration = await extractDepcruiseConfig(resolve('.dependency-cruiser.mjs'))

const { output } = await cruise(
  folders,
  { ...configuration.options, ruleSet: configuration, validate: true },
  undefined,
  { tsConfig: extractTSConfig('tsconfig.json') },
)
if (typeof output === 'string') throw new Error(`dependency-cruiser answered: ${output}`)
report(output)

function report({ summary, modules }: ICruiseResult): void {
  for (const { rule, from, to } of summary.violations)
    console.error(`${rule.severity} ${rule.name}: ${from} → ${to}`)
  const files = folders.flatMap((folder) => globSync(`${folder}/**/*.ts`))
  const cruised = new Set(modules.map((module) => module.source))
  const missed = files.filter((file) => !cruised.has(file))
  for (const file of missed) console.error(`not looked at: ${file}`)
  const dependencies = modules.reduce((sum, module) => sum + module.dependencies.length, 0)
  if (dependencies < files.length)
    console.error(`only ${dependencies} imports found in ${files.length} files`)
  if (summary.error > 0 || missed.length > 0 || dependencies < files.length) process.exit(1)
  console.log(`${files.length} files and ${dependencies} imports keep to the boundaries`)
}
