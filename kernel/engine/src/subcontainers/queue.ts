/**
 * The queue in which a subcontainer is destroyed; without a guid, how those of a service begin. Beside the service's own:
 * it may wait for programs to end, and others need not wait for that.
 */
export function destroyQueue(service: string, guid = ''): string {
  return `${service}/${guid}`;
}
