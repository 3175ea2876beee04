"""How guide and logs leave the house: EPG formats, tables, spreadsheets and paper. Values in, text or bytes out."""
