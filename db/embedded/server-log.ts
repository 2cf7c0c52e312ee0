import { open, rename, stat } from 'node:fs/promises'
import type { HomeLayout } from './layout.ts'

const TAIL_BYTES = 4_096
const ROTATE_BYTES = 16 * 1024 * 1024

/** The last lines of the server's log; empty when there is none. */
export async function readLogTail(layout: HomeLayout): Promise<string> {
  const sizeBytes = await sizeOf(layout.logFile)
  if (sizeBytes === 0) return ''
  await using file = await open(layout.logFile, 'r')
  const start = Math.max(0, sizeBytes - TAIL_BYTES)
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(TAIL_BYTES), position: start })
  const text = buffer.toString('utf8', 0, bytesRead)
  return (start === 0 ? text : text.slice(text.indexOf('\n') + 1)).trimEnd()
}

/** Sets a log that has grown large aside, over the one set aside before. Only while no server writes to it. */
export async function rotateLog(layout: HomeLayout): Promise<void> {
  if ((await sizeOf(layout.logFile)) > ROTATE_BYTES) await rename(layout.logFile, `${layout.logFile}.1`)
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0
}
