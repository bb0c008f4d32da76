export {
  AddressRefused,
  checkTarget,
  findAddressProblem,
  findOwnEndpoints,
  guardedAgent,
  guardedLookup,
  portOf,
  withoutBrackets,
  type AddressRules,
  type TlsOptions,
} from './address-guard.ts';
export { findProxy, type ProxySettings } from './proxies.ts';
export { authoritiesOf, openGuardedWay, type GuardedRequest, type WaySettings } from './way.ts';
