import { readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'

export interface Asset {
  readonly type: string
  readonly text: string
}

/** Modules that server and browser share: they need nothing of Node. */
const sharedModules = new Set(['/json.ts', '/state/input-state.ts'])
const root = new URL('../', import.meta.url)

/** A file of the page: its HTML, its styles, or a module of its script, without its types. Undefined for any other. */
export async function readAsset(path: string): Promise<Asset | undefined> {
  if (path === '/') return read('page/page.html', 'text/html; charset=utf-8')
  if (/^\/page\/styles\/[\w-]+\.css$/.test(path)) return read(path.slice(1), 'text/css; charset=utf-8')
  if (!/^\/page\/browser\/(?:[\w-]+\/)?[\w-]+\.ts$/.test(path) && !sharedModules.has(path)) return undefined
  const source = await read(path.slice(1), 'text/javascript; charset=utf-8')
  return source === undefined ? undefined : { ...source, text: stripTypeScriptTypes(source.text) }
}

async function read(path: string, type: string): Promise<Asset | undefined> {
  try {
    return { type, text: await readFile(new URL(path, root), 'utf8') }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
