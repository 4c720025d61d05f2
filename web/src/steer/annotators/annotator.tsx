export function Annotator() {
  return null;
}
