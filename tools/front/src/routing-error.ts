/** What Traefik would refuse, or what this small reading of it does not know: said by name, never passed over. */
export class RoutingError extends Error {
  override name = 'RoutingError'
}
