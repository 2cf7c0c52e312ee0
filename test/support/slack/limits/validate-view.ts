import { isObject, type Json, type JsonObject, objectsOf } from '../json.ts'
import { elementsOf } from '../state/input-state.ts'
import { blockRules } from './block-rules.ts'
import { plainText } from './composition-rules.ts'
import { idsAreUnique } from './ids-are-unique.ts'
import { limits } from './numbers.ts'
import {
  byType,
  flag,
  inside,
  list,
  oneOf,
  type Place,
  type Problem,
  report,
  type Rule,
  shape,
  text,
} from './rules.ts'

const blocks = list(byType(blockRules), limits.blocksInView, 0)
const common = {
  private_metadata: text(limits.privateMetadata, 0),
  callback_id: text(limits.id),
  external_id: text(limits.id, 0),
}

const modal: Rule = shape({
  required: { type: oneOf('modal'), title: plainText(limits.modalTitle), blocks },
  optional: {
    ...common,
    submit: plainText(limits.modalButton),
    close: plainText(limits.modalButton),
    clear_on_close: flag,
    notify_on_close: flag,
    submit_disabled: flag,
  },
  also: hasSubmitForItsInputs,
})

const home: Rule = shape({ required: { type: oneOf('home'), blocks }, optional: common })

/** What Slack would refuse about a modal or an App Home; empty when it is right. */
export function validateView(view: Json): Problem[] {
  const place: Place = { pointer: '/view', problems: [] }
  byType({ modal, home })(view, place)
  const given = isObject(view) ? objectsOf(view.blocks) : []
  idsAreUnique(given, inside(place, 'blocks'))
  const focused = elementsOf(given).filter(({ element }) => element.focus_on_load === true)
  if (focused.length > 1) report(inside(place, 'blocks'), 'only one element may have focus_on_load')
  return place.problems
}

function hasSubmitForItsInputs(view: JsonObject, place: Place): void {
  const hasInput = objectsOf(view.blocks).some((block) => block.type === 'input')
  if (hasInput && view.submit === undefined)
    report(place, 'missing required field: submit (required when an input block is within the blocks)')
}
