const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** "now", "4 min", "3 h", "2 d" */
export function since(at: string, now = Date.now()): string {
    const minutes = Math.floor((now - Date.parse(at)) / 60000);
    if (minutes < 1) return "now";
    if (minutes < 60) return `${minutes} min`;
    return minutes < 1440 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`;
}

export function moment(at: string): string {
    const when = new Date(at);
    return (when.toDateString() === new Date().toDateString() ? clock : day).format(when);
}
