export { Directory } from './directory.ts'
export { People } from './people.ts'
export { callerOf, isStranger, type Person, type Stranger } from './person.ts'
export { defaultRoles, type Grant, holdsRole, parseRoles, type Role, roles } from './roles.ts'
