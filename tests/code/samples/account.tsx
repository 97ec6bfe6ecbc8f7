import * as React from 'react'

export function AccountView({ owner, balance }: { owner: string; balance: number }) {
  const overdrawn = balance < 0
  return (
    <section className={overdrawn ? 'red' : 'black'}>
      <h1>{owner}</h1>
      <p>{balance}</p>
    </section>
  )
}
