export function Judge() {
  return null;
}
