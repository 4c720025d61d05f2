// When cases come and go, the queue is read again.
import { useEffect } from "react";
import { queries } from "@/api/queries";

export function useCasesNews(): void {
  useEffect(() => {
    const source = new EventSource("/api/v1/work/live");
    source.addEventListener("cases", () => void queries.invalidateQueries({ queryKey: ["queue"] }));
    return () => source.close();
  }, []);
}
