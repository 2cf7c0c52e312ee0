export { makeFreedom, makeNameMap, type NameMap } from './names.ts'
export { resolveSelection, type SelectedObjects } from './resolve.ts'
export * from './types.ts'
export { validateSelection } from './validate.ts'
