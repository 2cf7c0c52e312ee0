/** What the demo shows while it runs: a live display on a terminal, lines now and then anywhere else. */
import { type Line, cutLine, plainText, styledText } from './line.ts'

/** Something that goes on: several lines for a terminal, one line for a log. */
export interface LiveView {
  lines(width: number): readonly Line[]
  summary(): string
}

export interface Display extends Disposable {
  /** Prints a line that stays. */
  print(line: Line): void
  /** Prints a line into a log only: a terminal shows the same in its view. */
  note(line: Line): void
  /** Shows what goes on, until the next call; null: nothing. */
  follow(view: LiveView | null): void
  /** Leaves what is shown as it is now, and shows nothing more. */
  freeze(): void
}

const redrawMs = 100
const logEveryMs = 3_000
const fallbackWidth = 80

/** The display that suits the stream. Disposing of it leaves the terminal as it was. */
export function openDisplay(stream: NodeJS.WriteStream): Display {
  return stream.isTTY ? openTerminalDisplay(stream) : openLogDisplay(stream)
}

const hideCursor = '\u001B[?25l'
const showCursor = '\u001B[?25h'
/** To the beginning of the line `count` lines above, and everything from there erased. */
const eraseUp = (count: number) => (count > 0 ? `\u001B[${count}F` : '\r') + '\u001B[J'

function openTerminalDisplay(stream: NodeJS.WriteStream): Display {
  let view: LiveView | null = null
  let drawn: readonly string[] = []

  const columns = () => (stream.columns > 0 ? stream.columns : fallbackWidth)

  /** A line that was as wide as the terminal has wrapped when the terminal was made narrower since. */
  const drawnHeight = () =>
    drawn.reduce((sum, line) => sum + Math.max(Math.ceil(line.length / columns()), 1), 0)

  const draw = (above: readonly Line[] = []) => {
    const width = columns() - 1
    const room = Math.max((stream.rows > 0 ? stream.rows : 24) - 1, 1)
    const live = (view?.lines(width) ?? []).map((line) => cutLine(line, width)).slice(0, room)
    const text = [...above, ...live].map((line) => `${styledText(line, stream)}\n`).join('')
    stream.write(eraseUp(drawnHeight()) + text)
    drawn = live.map(plainText)
  }

  // Whatever way the process ends, the terminal gets its cursor back.
  const restore = () => stream.write(showCursor)
  process.once('exit', restore)
  stream.write(hideCursor)
  const timer = setInterval(() => view && draw(), redrawMs)
  timer.unref()

  return {
    print: (line) => draw([line]),
    note: () => undefined,
    follow: (next) => {
      view = next
      draw()
    },
    freeze: () => {
      draw()
      view = null
      drawn = []
    },
    [Symbol.dispose]: () => {
      clearInterval(timer)
      process.off('exit', restore)
      restore()
    },
  }
}

function openLogDisplay(stream: NodeJS.WriteStream): Display {
  let view: LiveView | null = null
  let last = ''
  const timer = setInterval(() => {
    const summary = view?.summary() ?? ''
    if (summary !== '' && summary !== last) stream.write(`${summary}\n`)
    last = summary
  }, logEveryMs)
  timer.unref()
  const print = (line: Line) => void stream.write(`${styledText(line, stream)}\n`)
  return {
    print,
    note: print,
    follow: (next) => {
      view = next
    },
    freeze: () => {
      view = null
    },
    [Symbol.dispose]: () => clearInterval(timer),
  }
}
