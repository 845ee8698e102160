"""What stands above and below the types of a database: the type of JSON, and names that clients use for short."""

JSON = """\
export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]
"""

HELPERS = """\
type DefaultSchema = Database[DEFAULT]

type Place = { schema: keyof Database }

type Section = "Tables" | "Views" | "Enums" | "CompositeTypes"

type Names<Where, Of extends Section> = Where extends { schema: infer S extends keyof Database }
  ? keyof Database[S][Of]
  : never

type Entry<Where, Name, Of extends Section> = Where extends { schema: infer S extends keyof Database }
  ? Name extends keyof Database[S][Of]
    ? Database[S][Of][Name]
    : never
  : Where extends keyof DefaultSchema[Of]
    ? DefaultSchema[Of][Where]
    : never

type Part<Of, Key extends string> = Of extends { [K in Key]: infer Held } ? Held : never

export type Tables<
  NameOrPlace extends keyof DefaultSchema["Tables"] | keyof DefaultSchema["Views"] | Place,
  Name extends Names<NameOrPlace, "Tables"> | Names<NameOrPlace, "Views"> = never,
> = Part<Entry<NameOrPlace, Name, "Tables"> | Entry<NameOrPlace, Name, "Views">, "Row">

export type TablesInsert<
  NameOrPlace extends keyof DefaultSchema["Tables"] | Place,
  Name extends Names<NameOrPlace, "Tables"> = never,
> = Part<Entry<NameOrPlace, Name, "Tables">, "Insert">

export type TablesUpdate<
  NameOrPlace extends keyof DefaultSchema["Tables"] | Place,
  Name extends Names<NameOrPlace, "Tables"> = never,
> = Part<Entry<NameOrPlace, Name, "Tables">, "Update">

export type Enums<
  NameOrPlace extends keyof DefaultSchema["Enums"] | Place,
  Name extends Names<NameOrPlace, "Enums"> = never,
> = Entry<NameOrPlace, Name, "Enums">

export type CompositeTypes<
  NameOrPlace extends keyof DefaultSchema["CompositeTypes"] | Place,
  Name extends Names<NameOrPlace, "CompositeTypes"> = never,
> = Entry<NameOrPlace, Name, "CompositeTypes">
"""
"""Tables<"account"> for the first schema, Tables<{ schema: "app" }, "account"> for another one."""
