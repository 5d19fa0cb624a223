"""What the scripts and the tests share: raw files in, dbt run, tables read back."""
