import { isObject } from '../../../json.ts'
import type { Entered } from '../../wire.ts'
import { askToConfirm } from '../layout/confirm.ts'
import { atOf, isDispatched, type Placed } from '../surface.ts'

/**
 * Tells the server what the person chose or entered. An element with a confirmation dialog asks first.
 * @returns false when the person backed out
 */
export async function chooseIn(placed: Placed, entered: Entered): Promise<boolean> {
  const { state, on, tell, view } = placed.surface
  if (!isDispatched(placed) && view !== undefined) {
    const { error } = await state.do({ do: 'enter', on, at: atOf(placed), entered })
    if (error !== null) tell(error)
    return true
  }
  const isConfirmed = await confirmIfAsked(placed)
  if (isConfirmed === undefined) return false
  const { error } = await state.do({ do: 'choose', on, at: atOf(placed), entered, isConfirmed })
  if (error !== null) tell(error)
  return true
}

/** What is typed is kept at once, and the app hears of it later if it wants to. */
export function typeInto(placed: Placed, text: string): void {
  const { state, on, tell } = placed.surface
  void state.do({ do: 'enter', on, at: atOf(placed), entered: text }).then(({ error }) => {
    if (error !== null) tell(error)
  })
}

/** True when the person said yes, false when nothing was to be asked, undefined when they said no. */
export async function confirmIfAsked({ element, surface }: Placed): Promise<boolean | undefined> {
  if (!isObject(element.confirm)) return false
  return (await askToConfirm(surface.state, element.confirm)) ? true : undefined
}
