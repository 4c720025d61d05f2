export function Annotators() {
  return null;
}
